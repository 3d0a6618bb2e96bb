using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Registry.Auth;

/// <summary>Source: distribution token authentication specification.</summary>
internal sealed record TokenResponse(
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] JsonElement ExpiresIn,
    [property: JsonPropertyName("issued_at")] JsonElement IssuedAt)
{
    private const double DefaultSeconds = 60;
    private const double MaxSeconds = 24 * 60 * 60;

    public string? Value => string.IsNullOrEmpty(Token) ? AccessToken : Token;

    /// <summary>When the token ends, by our clock. Shorter than a minute is not allowed by the specification, so it is taken as a minute.</summary>
    public DateTimeOffset ExpiresAt(DateTimeOffset now)
    {
        var seconds = ExpiresIn.ValueKind == JsonValueKind.Number && ExpiresIn.TryGetDouble(out var given) ? given : DefaultSeconds;
        var life = TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(seconds) ? DefaultSeconds : seconds, DefaultSeconds, MaxSeconds));

        // An issuer whose clock is off by the token's whole life cannot be believed about when it began.
        var issued = IssuedAt.ValueKind == JsonValueKind.String && IssuedAt.TryGetDateTimeOffset(out var at) && at <= now && at > now - life ? at : now;
        return issued + life;
    }
}

[JsonSerializable(typeof(TokenResponse))]
internal sealed partial class TokenJson : JsonSerializerContext;
