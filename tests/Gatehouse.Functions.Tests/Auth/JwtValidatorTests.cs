using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Auth;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Tests.Auth;

public sealed class JwtValidatorTests : IDisposable
{
    private readonly JwtForge _forge = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly JwtValidator _validator;

    public JwtValidatorTests() => _validator = new JwtValidator(
        new FixedKeys(JwksReader.Read(Encoding.UTF8.GetBytes(_forge.Jwks()))),
        Options.Create(new AuthOptions { Issuer = JwtForge.Issuer, Audience = JwtForge.Audience, TenantId = JwtForge.Tenant }),
        _clock);

    private JsonObject Claims => JwtForge.Claims(_clock.GetUtcNow());

    public void Dispose() => _forge.Dispose();

    [Fact]
    public async Task Token_Rs256OfTheIssuer_NamesTheCaller()
    {
        var identity = (await ValidateAsync(_forge.Rs256(JwtForge.Header("RS256", "rsa"), Claims))).Value;

        Assert.Equal("0a1b", identity.Id);
        Assert.Equal("ada@contoso.example", identity.Name);
        Assert.Equal(["Reader", "Approver:contoso/payments"], identity.Roles);
    }

    [Fact]
    public async Task Token_Es256OfTheIssuer_IsTaken() =>
        Assert.True((await ValidateAsync(_forge.Es256(JwtForge.Header("ES256", "ec"), Claims))).IsOk);

    [Fact]
    public async Task Token_AlgorithmNone_IsRefused()
    {
        foreach (var algorithm in new[] { "none", "None", "NONE", "nOnE" })
        {
            await AssertRefusedAsync($"{JwtForge.Encode(JwtForge.Header(algorithm, "rsa").ToJsonString())}.{JwtForge.Encode(Claims.ToJsonString())}.");
        }
    }

    [Fact]
    public async Task Token_Hs256WithThePublicKeyAsSecret_IsRefused()
    {
        var secrets = new[] { _forge.Rsa.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(_forge.Rsa.ExportSubjectPublicKeyInfoPem()), "secret"u8.ToArray() };
        foreach (var secret in secrets)
        {
            await AssertRefusedAsync(JwtForge.Sign(JwtForge.Header("HS256", "rsa").ToJsonString(), Claims.ToJsonString(), data => HMACSHA256.HashData(secret, data)));
        }
    }

    [Theory]
    [InlineData("RS384")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    [InlineData("rs256")]
    [InlineData("")]
    public async Task Token_OtherAlgorithm_IsRefused(string algorithm) =>
        await AssertRefusedAsync(_forge.Rs256(JwtForge.Header(algorithm, "rsa"), Claims));

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("rsa' OR '1'='1")]
    [InlineData("RSA")]
    [InlineData("rsa\0")]
    [InlineData("secret")]
    [InlineData("enc")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Token_KeyIdOfNoUsableKey_IsRefused(string? keyId) =>
        await AssertRefusedAsync(_forge.Rs256(JwtForge.Header("RS256", keyId), Claims));

    [Fact]
    public async Task Token_KeyIdOfTheOtherAlgorithm_IsRefused()
    {
        await AssertRefusedAsync(_forge.Rs256(JwtForge.Header("RS256", "ec"), Claims));
        await AssertRefusedAsync(_forge.Es256(JwtForge.Header("ES256", "rsa"), Claims));
    }

    [Fact]
    public async Task Token_SignedWithAKeyItBrings_IsRefused()
    {
        using var attacker = new JwtForge();
        var header = JwtForge.Header("RS256", "rsa");
        header["jwk"] = JsonNode.Parse(attacker.Jwks())!["keys"]![0]!.DeepClone();
        header["jku"] = "https://attacker.example/jwks";
        header["x5u"] = "https://attacker.example/cert";
        header["x5c"] = new JsonArray("MIIB");

        await AssertRefusedAsync(attacker.Rs256(header, Claims));
    }

    [Fact]
    public async Task Token_KeyHeadersBesideAGoodSignature_AreIgnored()
    {
        var header = JwtForge.Header("RS256", "rsa");
        header["jku"] = "https://attacker.example/jwks";

        Assert.True((await ValidateAsync(_forge.Rs256(header, Claims))).IsOk);
    }

    [Theory]
    [InlineData("iss", "\"https://login.example/other/v2.0\"")]
    [InlineData("iss", "\"https://login.example/tenant/v2.0/\"")]
    [InlineData("iss", "null")]
    [InlineData("aud", "\"api://other\"")]
    [InlineData("aud", "[\"api://other\"]")]
    [InlineData("aud", "[\"api://gatehouse\", 1]")]
    [InlineData("aud", "{\"api://gatehouse\":1}")]
    [InlineData("tid", "\"99999999-2222-3333-4444-555555555555\"")]
    [InlineData("tid", "null")]
    [InlineData("exp", "null")]
    [InlineData("exp", "\"9999999999\"")]
    [InlineData("exp", "1e400")]
    [InlineData("exp", "-1")]
    [InlineData("nbf", "\"soon\"")]
    [InlineData("roles", "[{\"value\":\"Operator\"}]")]
    public async Task Token_WrongClaim_IsRefused(string claim, string json)
    {
        var claims = Claims;
        claims.Remove(claim);
        var text = claims.ToJsonString();

        await AssertRefusedAsync(_forge.Rs256(JwtForge.Header("RS256", "rsa").ToJsonString(), $"{{\"{claim}\":{json},{text[1..]}"));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(119, true)]
    [InlineData(120, false)]
    [InlineData(3600, false)]
    public async Task Token_Expired_IsTakenWithinTheSkewOnly(int secondsAfterExpiry, bool taken)
    {
        var token = _forge.Rs256(JwtForge.Header("RS256", "rsa"), Claims);
        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(secondsAfterExpiry));

        Assert.Equal(taken, (await ValidateAsync(token)).IsOk);
    }

    [Theory]
    [InlineData(120, true)]
    [InlineData(121, false)]
    public async Task Token_NotYetValid_IsTakenWithinTheSkewOnly(int secondsAhead, bool taken)
    {
        var claims = Claims;
        claims["nbf"] = _clock.GetUtcNow().AddSeconds(secondsAhead).ToUnixTimeSeconds();

        Assert.Equal(taken, (await ValidateAsync(_forge.Rs256(JwtForge.Header("RS256", "rsa"), claims))).IsOk);
    }

    [Fact]
    public async Task Token_TamperedAnywhere_IsRefused()
    {
        var token = _forge.Es256(JwtForge.Header("ES256", "ec"), Claims);
        var parts = token.Split('.');
        var payload = Claims;
        payload["roles"] = new JsonArray("Operator");

        await AssertRefusedAsync($"{parts[0]}.{JwtForge.Encode(payload.ToJsonString())}.{parts[2]}");
        for (var i = 0; i < token.Length; i += 7)
        {
            if (token[i] != '.')
            {
                await AssertRefusedAsync(token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]);
            }
        }
    }

    [Fact]
    public async Task Token_ClaimTwice_IsRefused()
    {
        var claims = Claims.ToJsonString();

        await AssertRefusedAsync(_forge.Rs256(JwtForge.Header("RS256", "rsa").ToJsonString(), claims[..^1] + ",\"roles\":[\"Operator\"]}"));
        await AssertRefusedAsync(_forge.Rs256("""{"alg":"RS256","kid":"rsa","kid":"rsa"}""", claims));
    }

    [Fact]
    public async Task Token_CriticalExtension_IsRefused()
    {
        var header = JwtForge.Header("RS256", "rsa");
        header["crit"] = new JsonArray("b64");
        header["b64"] = false;

        await AssertRefusedAsync(_forge.Rs256(header, Claims));
    }

    [Fact]
    public async Task Token_OfAnotherType_IsRefused()
    {
        var header = JwtForge.Header("RS256", "rsa");
        header["typ"] = "logout+jwt";

        await AssertRefusedAsync(_forge.Rs256(header, Claims));
    }

    [Fact]
    public async Task Token_Es256SignatureInDer_IsRefused() =>
        await AssertRefusedAsync(_forge.Es256(JwtForge.Header("ES256", "ec"), Claims, DSASignatureFormat.Rfc3279DerSequence));

    [Fact]
    public async Task Token_Es256OfZeroes_IsRefused() =>
        await AssertRefusedAsync(JwtForge.Sign(JwtForge.Header("ES256", "ec").ToJsonString(), Claims.ToJsonString(), _ => new byte[64]));

    [Fact]
    public async Task Token_OfAnotherCurve_IsRefused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        await AssertRefusedAsync(JwtForge.Sign(JwtForge.Header("ES256", "ec").ToJsonString(), Claims.ToJsonString(), data => other.SignData(data, HashAlgorithmName.SHA256)));
    }

    [Fact]
    public async Task Token_Huge_IsRefused()
    {
        var claims = Claims;
        claims["padding"] = new string('x', Jwt.MaxLength);

        await AssertRefusedAsync(_forge.Rs256(JwtForge.Header("RS256", "rsa"), claims));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("..")]
    [InlineData("W10.W10.W10")]
    public async Task Token_NoJwt_IsRefused(string token) => await AssertRefusedAsync(token);

    [Fact]
    public async Task Token_WithPaddingOrSpace_IsRefused()
    {
        var parts = _forge.Es256(JwtForge.Header("ES256", "ec"), Claims).Split('.');

        await AssertRefusedAsync($"{parts[0]}.{parts[1]}.{parts[2]}==");
        await AssertRefusedAsync($"{parts[0]}.{parts[1]}.{parts[2]}\n");
    }

    [Theory]
    [InlineData("P-384", 48)]
    [InlineData("secp256k1", 32)]
    public void Jwks_KeyOfAnotherCurve_IsLeftOut(string curve, int size)
    {
        var coordinate = System.Buffers.Text.Base64Url.EncodeToString(new byte[size]);

        Assert.Empty(JwksReader.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"EC","kid":"k","crv":"{{curve}}","x":"{{coordinate}}","y":"{{coordinate}}"}]}""")));
    }

    [Fact]
    public void Jwks_WeakRsaKey_IsLeftOut()
    {
        using var weak = RSA.Create(1024);
        var modulus = System.Buffers.Text.Base64Url.EncodeToString(weak.ExportParameters(false).Modulus);

        Assert.Empty(JwksReader.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"RSA","kid":"k","n":"{{modulus}}","e":"AQAB"}]}""")));
    }

    private Task<Result<TokenIdentity>> ValidateAsync(string token) => _validator.ValidateAsync(token, TestContext.Current.CancellationToken);

    private async Task AssertRefusedAsync(string token)
    {
        var result = await ValidateAsync(token);

        Assert.False(result.IsOk, token);
        Assert.Equal("token-invalid", result.Error.Code);
    }

    private sealed class FixedKeys(IReadOnlyDictionary<string, VerificationKey> keys) : IIssuerKeys
    {
        public ValueTask<VerificationKey?> FindAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(keys.GetValueOrDefault(id));
    }
}
