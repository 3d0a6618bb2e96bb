using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.Functions.Tests.Auth;

/// <summary>Makes tokens, good and bad, byte by byte.</summary>
internal sealed class JwtForge : IDisposable
{
    public const string Issuer = "https://login.example/tenant/v2.0";
    public const string Audience = "api://gatehouse";
    public const string Tenant = "11111111-2222-3333-4444-555555555555";

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static JsonObject Header(string algorithm, string? keyId) => keyId is null
        ? new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" }
        : new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = keyId };

    public static JsonObject Claims(DateTimeOffset now) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["tid"] = Tenant,
        ["oid"] = "0a1b",
        ["sub"] = "pairwise",
        ["name"] = "Ada Lovelace",
        ["preferred_username"] = "ada@contoso.example",
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        ["roles"] = new JsonArray("Reader", "Approver:contoso/payments"),
    };

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    public string Rs256(JsonObject header, JsonObject claims) => Rs256(header.ToJsonString(), claims.ToJsonString());

    public string Rs256(string header, string claims) =>
        Sign(header, claims, data => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public string Es256(JsonObject header, JsonObject claims, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation) =>
        Sign(header.ToJsonString(), claims.ToJsonString(), data => Ec.SignData(data, HashAlgorithmName.SHA256, format));

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The issuer's key set: both keys, and some that must never be used.</summary>
    public string Jwks()
    {
        var rsa = Rsa.ExportParameters(false);
        var ec = Ec.ExportParameters(false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["use"] = "sig", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) },
                new JsonObject { ["kty"] = "EC", ["kid"] = "ec", ["crv"] = "P-256", ["alg"] = "ES256", ["x"] = Base64Url.EncodeToString(ec.Q.X), ["y"] = Base64Url.EncodeToString(ec.Q.Y) },
                new JsonObject { ["kty"] = "oct", ["kid"] = "secret", ["k"] = "c2VjcmV0" },
                new JsonObject { ["kty"] = "RSA", ["kid"] = "enc", ["use"] = "enc", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) }),
        }.ToJsonString();
    }

    public void Dispose()
    {
        Rsa.Dispose();
        Ec.Dispose();
    }
}
