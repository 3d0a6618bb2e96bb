using System.Security.Cryptography;
using System.Text.Json;

namespace Gatehouse.Functions.Auth;

/// <summary>Reads a JSON Web Key Set, keeping only keys we verify with. Source: RFC 7517.</summary>
internal static class JwksReader
{
    public const int MaxKeys = 100;

    /// <exception cref="JsonException">It is not a key set.</exception>
    public static IReadOnlyDictionary<string, VerificationKey> Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Jwt.DocumentOptions);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var list)
            || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxKeys)
        {
            throw new JsonException($"A key set has an array 'keys' of at most {MaxKeys}.");
        }

        var keys = new Dictionary<string, VerificationKey>();
        foreach (var element in list.EnumerateArray())
        {
            if (ReadKey(element) is { } key)
            {
                keys.TryAdd(key.Id, key);
            }
        }

        return keys;
    }

    /// <summary>Null for keys of other types and uses; symmetric keys above all.</summary>
    private static VerificationKey? ReadKey(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || Jwt.Text(jwk, "kid") is not { Length: > 0 } id || (Jwt.Text(jwk, "use") ?? "sig") != "sig")
        {
            return null;
        }

        VerificationKey? key = Jwt.Text(jwk, "kty") switch
        {
            "RSA" => ReadRsa(id, jwk),
            "EC" => ReadEc(id, jwk),
            _ => null,
        };
        return key is not null && (Jwt.Text(jwk, "alg") ?? key.Algorithm) == key.Algorithm ? key : null;
    }

    private static RsaVerificationKey? ReadRsa(string id, JsonElement jwk) =>
        Jwt.Bytes(jwk, "n") is { Length: >= RsaVerificationKey.MinBits / 8 and <= 1024 } modulus && Jwt.Bytes(jwk, "e") is { Length: > 0 and <= 8 } exponent
            ? new RsaVerificationKey(id, new RSAParameters { Modulus = modulus, Exponent = exponent })
            : null;

    private static EcVerificationKey? ReadEc(string id, JsonElement jwk) =>
        Jwt.Text(jwk, "crv") == "P-256" && Jwt.Bytes(jwk, "x") is { Length: 32 } x && Jwt.Bytes(jwk, "y") is { Length: 32 } y
            ? new EcVerificationKey(id, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } })
            : null;
}
