using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gatehouse.Functions.Auth;

/// <summary>Strict reading of the compact serialization. Source: RFC 7515 section 3.1, RFC 7519.</summary>
internal static class Jwt
{
    /// <summary>Characters. Entra tokens with many roles stay below 8 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>A name twice in one object is how parsers are made to disagree, so it is refused.</summary>
    public static readonly JsonDocumentOptions DocumentOptions = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>base64url without padding, white space or stray bits. Source: RFC 7515 section 2.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.IsEmpty || text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        if (!Base64Url.EncodeToString(bytes).AsSpan().SequenceEqual(text))
        {
            bytes = null;
        }

        return bytes is not null;
    }

    public static bool TryParseObject(ReadOnlySpan<char> segment, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!TryDecode(segment, out var bytes))
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(bytes, DocumentOptions);
        }
        catch (JsonException)
        {
            return false;
        }

        return document.RootElement.ValueKind == JsonValueKind.Object;
    }

    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static byte[]? Bytes(JsonElement element, string name) =>
        Text(element, name) is { } text && TryDecode(text, out var bytes) ? bytes : null;

    /// <summary>A NumericDate; null when missing or not a number in range. Source: RFC 7519 section 2.</summary>
    public static DateTimeOffset? Time(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253402300799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>A string, or an array of nothing but strings; null otherwise.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) =>
                [.. value.EnumerateArray().Select(one => one.GetString()!)],
            _ => null,
        };
    }
}
