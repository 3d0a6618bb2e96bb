using System.Buffers.Text;
using System.Text;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Auth;

namespace Gatehouse.Functions.Api.Http;

/// <summary>Versions on the wire: the store's own text, base64url, as a strong entity tag. Source: RFC 9110 section 8.8.3.</summary>
internal static class ETags
{
    public static void Set(HttpResponse response, string etag) => response.Headers.ETag = Format(etag);

    /// <summary>Asks only that there is a version. Source: RFC 9110 section 13.1.1.</summary>
    private const string Any = "*";

    /// <summary>Null in the value when the caller sets no condition; <c>*</c> stays what it is.</summary>
    public static Result<IfMatch> ReadIfMatch(HttpRequest request)
    {
        var text = request.Headers.IfMatch.ToString();
        if (text is "" or Any)
        {
            return new IfMatch(text.Length == 0 ? null : Any);
        }

        return text.Length is > 2 and < 1024 && text[0] == '"' && text[^1] == '"' && Jwt.TryDecode(text.AsSpan(1, text.Length - 2), out var bytes)
            ? new IfMatch(Encoding.UTF8.GetString(bytes))
            : new Error(ErrorKind.Invalid, "if-match-malformed", $"If-Match is '{text}'; send one ETag exactly as it was received, or '*'.", "If-Match");
    }

    /// <summary>Whether the caller holds this version already.</summary>
    public static bool IsHeld(HttpRequest request, string etag) =>
        request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(Format(etag));

    private static string Format(string etag) => $"\"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(etag))}\"";
}

internal readonly record struct IfMatch(string? Value);
