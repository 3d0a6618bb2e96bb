using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Tests.Support;

/// <summary>Raw HTTP to one endpoint, with the tokens ACR's challenge asks for.</summary>
internal sealed class AcrClient(TestEmulator emulator, string endpoint, bool anonymous = false)
{
    public string Endpoint => endpoint;

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        var response = await OnceAsync(method, path, body, contentType, headers, null);
        if (response.StatusCode != HttpStatusCode.Unauthorized || anonymous || response.Headers.WwwAuthenticate.Count == 0)
        {
            return response;
        }

        var challenge = response.Headers.WwwAuthenticate.Single().Parameter!;
        response.Dispose();
        var scope = challenge.Contains("scope=\"", StringComparison.Ordinal) ? challenge.Split("scope=\"")[1].Split('"')[0] : string.Empty;
        return await OnceAsync(method, path, body, contentType, headers, await AccessTokenAsync(scope));
    }

    public async Task<string> AccessTokenAsync(string scope)
    {
        var refresh = await RefreshTokenAsync();
        using var response = await FormAsync("/oauth2/token", ("grant_type", "refresh_token"), ("service", emulator.Registry.LoginServer), ("scope", scope), ("refresh_token", refresh));
        return (await JsonAsync(response)).GetProperty("access_token").GetString()!;
    }

    public async Task<string> RefreshTokenAsync(string resource = "https://containerregistry.azure.net")
    {
        using var response = await FormAsync(
            "/oauth2/exchange",
            ("grant_type", "access_token"),
            ("service", emulator.Registry.LoginServer),
            ("access_token", await EntraTokenAsync(emulator, resource)));
        return (await JsonAsync(response)).GetProperty("refresh_token").GetString()!;
    }

    public static async Task<string> EntraTokenAsync(TestEmulator emulator, string resource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{emulator.Host.IdentityEndpoint}?resource={Uri.EscapeDataString(resource)}&api-version=2019-08-01");
        request.Headers.Add("X-IDENTITY-HEADER", emulator.Host.IdentityHeader);
        using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        return (await JsonAsync(response)).GetProperty("access_token").GetString()!;
    }

    public Task<HttpResponseMessage> FormAsync(string path, params (string Name, string Value)[] fields) =>
        emulator.Http.PostAsync(new Uri($"http://{endpoint}{path}"), new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), TestEmulator.Token);

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path)
    {
        using var response = await SendAsync(method, path);
        return response.StatusCode;
    }

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await JsonAsync(response);
    }

    public async Task<Digest> PushBlobAsync(string repository, byte[] content)
    {
        var digest = Digest.OfBytes(content);
        using var start = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, start.StatusCode);
        using var end = await SendAsync(HttpMethod.Put, $"{start.Headers.Location}&digest={digest}", content, "application/octet-stream");
        Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        return digest;
    }

    public async Task<Digest> PutManifestAsync(string repository, string reference, string json, string mediaType = MediaTypes.OciManifest)
    {
        using var response = await SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", Encoding.UTF8.GetBytes(json), mediaType);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync(TestEmulator.Token));
        return Digest.OfBytes(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Pushes a one-layer image; the same text makes the same image.</summary>
    public async Task<Digest> PushImageAsync(string repository, string? tag, string text, Digest? subject = null, string? artifactType = null, bool gzip = false)
    {
        var config = Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","x":"{{text}}"}""");
        var layer = gzip ? Gzip(Encoding.UTF8.GetBytes("layer " + text)) : Encoding.UTF8.GetBytes("layer " + text);
        await PushBlobAsync(repository, config);
        await PushBlobAsync(repository, layer);
        var json = Manifest(config, layer, subject, artifactType);
        return await PutManifestAsync(repository, tag ?? Digest.OfBytes(Encoding.UTF8.GetBytes(json)).ToString(), json);
    }

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    public static string Manifest(byte[] config, byte[] layer, Digest? subject = null, string? artifactType = null) =>
        $$"""
        {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}",{{(artifactType is null ? string.Empty : $"\"artifactType\":\"{artifactType}\",")}}"config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Digest.OfBytes(config)}}","size":{{config.Length}}},
        "layers":[{"mediaType":"{{MediaTypes.OciLayerGzip}}","digest":"{{Digest.OfBytes(layer)}}","size":{{layer.Length}}}]{{(subject is null ? string.Empty : $",\"subject\":{{\"mediaType\":\"{MediaTypes.OciManifest}\",\"digest\":\"{subject}\",\"size\":1}}")}}}
        """;

    public static string Index(params IEnumerable<Digest> children)
    {
        var entries = children.Select((digest, i) =>
            $"{{\"mediaType\":\"{MediaTypes.OciManifest}\",\"digest\":\"{digest}\",\"size\":1,\"platform\":{{\"os\":\"linux\",\"architecture\":\"a{i}\"}}}}");
        return $"{{\"schemaVersion\":2,\"mediaType\":\"{MediaTypes.OciIndex}\",\"manifests\":[{string.Join(',', entries)}]}}";
    }

    public Task<HttpResponseMessage> PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, Encoding.UTF8.GetBytes(json), "application/json");

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestEmulator.Token);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static async Task<string> CodeAsync(HttpResponseMessage response) => (await JsonAsync(response)).GetProperty("errors")[0].GetProperty("code").GetString()!;

    private async Task<HttpResponseMessage> OnceAsync(HttpMethod method, string path, byte[]? body, string? contentType, (string Name, string Value)[] headers, string? token)
    {
        using var request = new HttpRequestMessage(method, $"http://{endpoint}{path}");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await emulator.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestEmulator.Token);
    }
}
