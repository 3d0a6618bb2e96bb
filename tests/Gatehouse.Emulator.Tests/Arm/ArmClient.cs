using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Arm;

internal sealed class ArmClient(TestEmulator emulator)
{
    public string Resource => emulator.Registry.ResourceId!;

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string apiVersion = "2025-11-01", string resource = "https://management.azure.com")
    {
        var uri = path.StartsWith("https://", StringComparison.Ordinal) ? new Uri(path) : new Uri(emulator.Host.ArmEndpoint, $"{path}?api-version={apiVersion}");
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await AcrClient.EntraTokenAsync(emulator, resource));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await emulator.Http.SendAsync(request, TestEmulator.Token);
    }

    public Task<HttpResponseMessage> ImportAsync(string body) => SendAsync(HttpMethod.Post, Resource + "/importImage", body);

    /// <summary>Starts an import and polls until it has ended; the last answer.</summary>
    public async Task<HttpResponseMessage> ImportToEndAsync(string body)
    {
        using var start = await ImportAsync(body);
        Assert.True((int)start.StatusCode == 202, await start.Content.ReadAsStringAsync(TestEmulator.Token));
        return await PollAsync(start.Headers.Location!.ToString());
    }

    public async Task<HttpResponseMessage> PollAsync(string location)
    {
        while (true)
        {
            var poll = await SendAsync(HttpMethod.Get, location);
            if ((int)poll.StatusCode != 202)
            {
                return poll;
            }

            Assert.NotNull(poll.Headers.RetryAfter);
            poll.Dispose();
        }
    }

    public static async Task<string> CodeAsync(HttpResponseMessage response) => (await AcrClient.JsonAsync(response)).GetProperty("error").GetProperty("code").GetString()!;

    public static string Body(string host, string image, string? tag = null, string? untagged = null, string mode = "NoForce", string? credentials = null) =>
        $$"""{"source":{"registryUri":"{{host}}","sourceImage":"{{image}}"{{(credentials is null ? string.Empty : ",\"credentials\":" + credentials)}}},"targetTags":[{{(tag is null ? string.Empty : $"\"{tag}\"")}}],"untaggedTargetRepositories":[{{(untagged is null ? string.Empty : $"\"{untagged}\"")}}],"mode":"{{mode}}"}""";
}
