using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Core.Results;
using Gatehouse.Core.Streams;

namespace Gatehouse.Functions.Api.Http;

/// <summary>Reads request bodies within limits.</summary>
internal static class RequestBody
{
    /// <summary>Bytes of a JSON or YAML body.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes || await LimitedRead.ToEndAsync(request.Body, maxBytes, cancellationToken) is not { } body)
        {
            return TooLarge(maxBytes);
        }

        return body;
    }

    public static async Task<Result<T>> ReadJsonAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return new Error(ErrorKind.Invalid, "content-type", $"Content-Type is '{request.ContentType}'; send application/json.", "Content-Type");
        }

        return (await ReadAsync(request, MaxBytes, cancellationToken)).TryGet(out var bytes, out var error) ? Parse(bytes.Span, type) : error;
    }

    /// <summary>UTF-8 text; anything else is refused rather than replaced.</summary>
    public static async Task<Result<string>> ReadTextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(request, MaxBytes, cancellationToken)).TryGet(out var bytes, out var error))
        {
            return error;
        }

        try
        {
            return StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return new Error(ErrorKind.Invalid, "body-malformed", "The body is not UTF-8 text.", "body");
        }
    }

    private static Result<T> Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) is { } value
                ? value
                : new Error(ErrorKind.Invalid, "body-malformed", "The body is null; send a JSON object.", "body");
        }
        catch (JsonException exception)
        {
            var place = exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "body";
            return new Error(ErrorKind.Invalid, "body-malformed", $"The body is not the JSON expected, at line {exception.LineNumber + 1}, {place}.", place);
        }
    }

    private static Error TooLarge(int maxBytes) =>
        new(ErrorKind.TooLarge, "body-too-large", $"The body exceeds {maxBytes} bytes, which is what this address takes.", "body");
}
