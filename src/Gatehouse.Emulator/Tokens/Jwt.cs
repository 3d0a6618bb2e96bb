using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Emulator.Tokens;

/// <summary>Compact JWTs signed with HS256: the emulator issues them and only the emulator reads them. Source: RFC 7519.</summary>
internal sealed class Jwt(byte[] key)
{
    /// <summary>Longest token that is read, in characters.</summary>
    private const int MaxLength = 16 * 1024;

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    public string Sign(Action<Utf8JsonWriter> claims)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            claims(writer);
            writer.WriteEndObject();
        }

        var text = $"{Header}.{Base64Url.EncodeToString(buffer.WrittenSpan)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>The claims of a token this key signed that is valid now for <paramref name="audience"/>; null otherwise.</summary>
    public JsonElement? Read(string? token, string audience, DateTimeOffset now)
    {
        if (token is null or { Length: > MaxLength } || token.Split('.') is not [var header, var payload, var signature] || header != Header)
        {
            return null;
        }

        try
        {
            var expected = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{header}.{payload}"));
            if (!CryptographicOperations.FixedTimeEquals(expected, Base64Url.DecodeFromChars(signature)))
            {
                return null;
            }

            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            var claims = document.RootElement.Clone();
            return claims.GetProperty("exp").GetInt64() > now.ToUnixTimeSeconds() && claims.GetProperty("aud").GetString() == audience ? claims : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
