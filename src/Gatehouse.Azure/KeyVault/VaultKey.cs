using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.KeyVault;

/// <summary>One version of a key, as the vault describes it.</summary>
/// <param name="PublicKey">SubjectPublicKeyInfo, DER.</param>
internal sealed record VaultKey(VaultKeyId Id, byte[] PublicKey)
{
    /// <summary>How far our clock may be off that of the vault before we judge a key's dates ourselves.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <param name="asked">The key that was asked for: an answer about another is refused.</param>
    public static Result<VaultKey> Read(VaultKeyId asked, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(asked, document.RootElement, now);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            return KeyVaultErrors.Malformed(asked, "the key's description cannot be read");
        }
    }

    /// <summary>Whether it is the key's signature over that digest.</summary>
    public bool Verifies(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(PublicKey, out _);
        return key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static Result<VaultKey> Read(VaultKeyId asked, JsonElement root, DateTimeOffset now)
    {
        var jwk = root.GetProperty("key");
        var kid = jwk.GetProperty("kid").GetString();
        if (VaultKeyId.TryParse(kid) is not { Version: { } version } id || !id.IsSameKey(asked) || (asked.Version is not null && asked.Version != version))
        {
            return KeyVaultErrors.Malformed(asked, $"it describes the key '{kid}'");
        }

        if (jwk.GetProperty("kty").GetString() is not ("EC" or "EC-HSM") || Text(jwk, "crv") != "P-256")
        {
            return KeyVaultErrors.Unsuitable(id, $"{jwk.GetProperty("kty").GetString()} {Text(jwk, "crv")}".TrimEnd());
        }

        if (jwk.TryGetProperty("key_ops", out var operations) && operations.ValueKind == JsonValueKind.Array && !operations.EnumerateArray().Any(operation => operation.GetString() == "sign"))
        {
            return KeyVaultErrors.Unsuitable(id, "a key that may not sign (key_ops)");
        }

        return Unusable(id, root, now) is { } error ? error : Import(id, jwk);
    }

    private static Error? Unusable(VaultKeyId id, JsonElement root, DateTimeOffset now)
    {
        if (!root.TryGetProperty("attributes", out var attributes) || attributes.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (attributes.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.False)
        {
            return KeyVaultErrors.Disabled(id);
        }

        return Time(attributes, "exp") + ClockSkew < now ? KeyVaultErrors.Expired(id, Time(attributes, "exp"))
            : Time(attributes, "nbf") - ClockSkew > now ? KeyVaultErrors.NotYetValid(id, Time(attributes, "nbf"))
            : null;
    }

    private static Result<VaultKey> Import(VaultKeyId id, JsonElement jwk)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64Url.DecodeFromChars(Text(jwk, "x")), Y = Base64Url.DecodeFromChars(Text(jwk, "y")) },
            });
            return new VaultKey(id, key.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            return KeyVaultErrors.Malformed(id, "its x and y are not a point on P-256");
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Seconds since 1970; null when there is none.</summary>
    private static DateTimeOffset? Time(JsonElement attributes, string name) =>
        attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? DateTimeOffset.FromUnixTimeSeconds(value.GetInt64()) : null;
}
