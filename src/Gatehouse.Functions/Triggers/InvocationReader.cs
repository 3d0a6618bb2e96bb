using System.Net;
using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api.Http;

namespace Gatehouse.Functions.Triggers;

/// <summary>Takes an invocation from the Functions host, and from nobody else.</summary>
/// <remarks>
/// The host sends no secret, and adds its invocation header to forwarded requests of strangers too. What it cannot forward is a route no
/// <c>function.json</c> names; as a second lock, forwarded requests keep the caller's Host and carry forwarding headers, invocations do not.
/// Source: custom handler contract of azure-functions-host 4.1037, sections 3 and 7.
/// </remarks>
internal static class InvocationReader
{
    public const string IdHeader = "X-Azure-Functions-InvocationId";

    /// <summary>Bytes. An Event Grid batch is at most 1 MiB, and every string in an envelope is encoded twice.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public static readonly JsonDocumentOptions Json = new() { MaxDepth = 64 };

    private static readonly string[] ForwardingHeaders =
        ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL", "X-ARR-LOG-ID", "DISGUISED-HOST", "Cookie"];

    public static async Task<Result<Invocation>> ReadAsync(string function, HttpContext http, CancellationToken cancellationToken)
    {
        if (!IsHost(http))
        {
            return new Error(ErrorKind.Forbidden, "trigger-closed", "Only the Functions host on this machine may call a trigger.");
        }

        var id = http.Request.Headers[IdHeader].ToString();
        if (id.Length is 0 or > 64 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            return Malformed($"the header {IdHeader} is not an id");
        }

        return (await RequestBody.ReadAsync(http.Request, MaxBytes, cancellationToken)).Then(body => Parse(function, id, body));
    }

    private static bool IsHost(HttpContext http)
    {
        var connection = http.Connection;
        return connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
            && http.Request.Host.Value == $"127.0.0.1:{connection.LocalPort}"
            && !ForwardingHeaders.Any(http.Request.Headers.ContainsKey);
    }

    private static Result<Invocation> Parse(string function, string id, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && IsObject(root, "Data", out var data) && IsObject(root, "Metadata", out _)
                ? new Invocation(function, id, data.Clone())
                : Malformed("""it is not an object {"Data":{…},"Metadata":{…}}""");
        }
        catch (JsonException exception)
        {
            return Malformed($"it is not JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}");
        }
    }

    private static bool IsObject(JsonElement root, string name, out JsonElement value) =>
        root.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;

    private static Error Malformed(string why) => new(ErrorKind.Invalid, "envelope-malformed", $"The invocation envelope is not accepted: {why}.");
}
