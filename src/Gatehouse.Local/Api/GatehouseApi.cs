using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Local.Api;

/// <summary>An API call was refused; carries the problem document.</summary>
internal sealed class ApiException(int status, JsonNode? problem, string call) : Exception(Describe(status, problem, call))
{
    public int Status { get; } = status;

    /// <summary>The problem's <c>code</c>, e.g. <c>approval-own-request</c>.</summary>
    public string? Code { get; } = problem?["code"]?.GetValue<string>();

    public string? Detail { get; } = problem?["detail"]?.GetValue<string>();

    private static string Describe(int status, JsonNode? problem, string call) =>
        $"{call} answered {status}: {problem?["detail"]?.GetValue<string>() ?? problem?["title"]?.GetValue<string>() ?? "no reason given"}";
}

/// <summary>The public HTTP API, as one person. Everything the local program does to intakes goes through here.</summary>
internal sealed class GatehouseApi(HttpClient client, Uri baseUri, Func<string> token)
{
    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, null, cancellationToken);

    public Task<JsonNode> PostAsync(string path, JsonObject? body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body?.ToJsonString(), "application/json", cancellationToken);

    public Task<JsonNode> ApplyPolicyAsync(Scope scope, string yaml, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"/api/policies/{scope}", yaml, "application/yaml", cancellationToken);

    public Task<JsonNode> RequestAsync(string image, string scope, CancellationToken cancellationToken) =>
        PostAsync("/api/intakes", new JsonObject { ["image"] = image, ["scope"] = scope }, cancellationToken);

    public Task<JsonNode> IntakeAsync(string id, CancellationToken cancellationToken) => GetAsync($"/api/intakes/{id}", cancellationToken);

    public Task<JsonNode> ApproveAsync(string id, string comment, CancellationToken cancellationToken) =>
        PostAsync($"/api/intakes/{id}/approve", new JsonObject { ["comment"] = comment }, cancellationToken);

    /// <summary>The response's body as it came, for exports.</summary>
    public async Task<Stream> DownloadAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, path);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, string? contentType, CancellationToken cancellationToken)
    {
        using var request = Request(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType!);
        }

        using var response = await client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var json = text.Length == 0 || response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true ? null : JsonNode.Parse(text);
        return response.IsSuccessStatusCode
            ? json ?? new JsonObject()
            : throw new ApiException((int)response.StatusCode, json, $"{method} {path}");
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(baseUri, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token());
        return request;
    }
}
