using System.Buffers.Text;
using System.Text.Json;

namespace Gatehouse.Azure.Tokens;

internal static class JwtExpiry
{
    /// <summary>The <c>exp</c> of a token, which is read and not verified: it only decides how long we keep it. Null when it has none.</summary>
    public static DateTimeOffset? Read(string token) => Read(token, "exp");

    /// <summary>Its <c>iat</c>, as little verified. Null when it has none.</summary>
    public static DateTimeOffset? ReadIssued(string token) => Read(token, "iat");

    private static DateTimeOffset? Read(string token, string claim)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return payload.RootElement.ValueKind == JsonValueKind.Object
                && payload.RootElement.TryGetProperty(claim, out var time)
                && time.ValueKind == JsonValueKind.Number
                && time.TryGetDouble(out var seconds)
                && seconds is > 0 and < 253402300800
                    ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                    : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return null;
        }
    }
}
