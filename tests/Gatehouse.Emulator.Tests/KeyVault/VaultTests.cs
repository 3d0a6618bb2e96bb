using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Files;

namespace Gatehouse.Emulator.Tests.KeyVault;

public sealed class VaultTests
{
    private const string Audience = "https://vault.azure.net";

    [Fact]
    public async Task Key_Read_IsAJwkOnP256WithItsVersion()
    {
        await using var emulator = await TestEmulator.StartAsync();

        var bundle = await JsonAsync(emulator, "/keys/gatehouse");
        var key = bundle.GetProperty("key");
        var kid = key.GetProperty("kid").GetString()!;

        Assert.StartsWith($"{emulator.Host.Vault.Endpoint}keys/gatehouse/", kid, StringComparison.Ordinal);
        Assert.Matches("\\A[0-9a-f]{32}\\z", kid.Split('/')[^1]);
        Assert.Equal(("EC", "P-256"), (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString()));
        Assert.Equal(32, Base64Url.DecodeFromChars(key.GetProperty("x").GetString()).Length);
        Assert.True(bundle.GetProperty("attributes").GetProperty("enabled").GetBoolean());
        Assert.Equal(kid, (await JsonAsync(emulator, "/keys/gatehouse/" + kid.Split('/')[^1])).GetProperty("key").GetProperty("kid").GetString());
    }

    [Fact]
    public async Task Key_ReadWithATokenEndedBeforeItsTime_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(emulator.Host.Vault.Endpoint, "keys/gatehouse?api-version=7.4"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await AcrClient.EntraTokenAsync(emulator, Audience));
        emulator.Host.ExpireTokens();

        using var refused = await emulator.Http.SendAsync(request, TestEmulator.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("EC", (await JsonAsync(emulator, "/keys/gatehouse")).GetProperty("key").GetProperty("kty").GetString());
    }

    [Fact]
    public async Task Sign_Es256_IsTheKeysSignature()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var key = (await JsonAsync(emulator, "/keys/gatehouse")).GetProperty("key");
        var digest = SHA256.HashData("data"u8);

        using var response = await SignAsync(emulator, key.GetProperty("kid").GetString()!, digest);
        var signed = await AcrClient.JsonAsync(response);

        var signature = Base64Url.DecodeFromChars(signed.GetProperty("value").GetString());
        Assert.Equal((HttpStatusCode.OK, 64), (response.StatusCode, signature.Length));
        Assert.Equal(key.GetProperty("kid").GetString(), signed.GetProperty("kid").GetString());
        Assert.True(PublicKey(key).VerifyHash(digest, signature));
    }

    [Fact]
    public async Task Rotate_NewVersion_IsCurrentAndTheOldSignsOn()
    {
        using var directory = new TempDirectory();
        string old, current;
        await using (var emulator = await TestEmulator.StartAsync(directory: directory))
        {
            old = (await JsonAsync(emulator, "/keys/gatehouse")).GetProperty("key").GetProperty("kid").GetString()!;
            var version = emulator.Host.Vault.Rotate("gatehouse");
            current = (await JsonAsync(emulator, "/keys/gatehouse")).GetProperty("key").GetProperty("kid").GetString()!;
            Assert.EndsWith("/" + version, current, StringComparison.Ordinal);
            Assert.NotEqual(old, current);
            using var signed = await SignAsync(emulator, old, SHA256.HashData("data"u8));
            Assert.Equal(HttpStatusCode.OK, signed.StatusCode);
            Assert.Equal(2, (await JsonAsync(emulator, "/keys/gatehouse/versions")).GetProperty("value").GetArrayLength());
        }

        await using var again = await TestEmulator.StartAsync(directory: directory);
        Assert.Equal(current, (await JsonAsync(again, "/keys/gatehouse")).GetProperty("key").GetProperty("kid").GetString());
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(directory["keys/vault/gatehouse"]))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://management.azure.com")]
    public async Task Call_WithoutATokenForTheVault_IsChallenged(string? audience)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var response = await SendAsync(emulator, HttpMethod.Get, "/keys/gatehouse?api-version=7.4", null, audience);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains($"resource=\"{Audience}\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Faults_AnswerAsKeyVaultDoes()
    {
        await using var emulator = await TestEmulator.StartAsync(manual: true);
        var kid = (await JsonAsync(emulator, "/keys/gatehouse")).GetProperty("key").GetProperty("kid").GetString()!;
        var digest = SHA256.HashData("data"u8);

        emulator.Host.Vault.Faults.Denied = true;
        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden/ForbiddenByRbac"), await OutcomeAsync(SendAsync(emulator, HttpMethod.Get, "/keys/gatehouse?api-version=7.4", null, Audience)));
        emulator.Host.Vault.Faults.Denied = false;
        emulator.Host.Vault.SetEnabled("gatehouse", enabled: false);
        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden/KeyDisabled"), await OutcomeAsync(SignAsync(emulator, kid, digest)));
        emulator.Host.Vault.SetEnabled("gatehouse", enabled: true);
        Assert.Equal((HttpStatusCode.NotFound, "KeyNotFound/"), await OutcomeAsync(SendAsync(emulator, HttpMethod.Get, "/keys/other?api-version=7.4", null, Audience)));
        Assert.Equal((HttpStatusCode.BadRequest, "BadParameter/"), await OutcomeAsync(SignAsync(emulator, kid, digest[..31])));
        Assert.Equal((HttpStatusCode.BadRequest, "BadParameter/"), await OutcomeAsync(SignAsync(emulator, kid, digest, "RS256")));

        emulator.Host.Vault.Faults.Throttle(TimeSpan.FromSeconds(30));
        emulator.Manual.Advance(TimeSpan.FromSeconds(10));
        using var throttled = await SignAsync(emulator, kid, digest);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(20)), (throttled.StatusCode, throttled.Headers.RetryAfter!.Delta));
    }

    private static ECDsa PublicKey(JsonElement jwk) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
    });

    private static Task<HttpResponseMessage> SignAsync(TestEmulator emulator, string kid, byte[] digest, string algorithm = "ES256") => SendAsync(
        emulator,
        HttpMethod.Post,
        new Uri(kid).AbsolutePath + "/sign?api-version=7.4",
        $$"""{"alg":"{{algorithm}}","value":"{{Base64Url.EncodeToString(digest)}}"}""",
        Audience);

    private static async Task<JsonElement> JsonAsync(TestEmulator emulator, string path)
    {
        using var response = await SendAsync(emulator, HttpMethod.Get, path + "?api-version=7.4", null, Audience);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await AcrClient.JsonAsync(response);
    }

    private static async Task<(HttpStatusCode Status, string Codes)> OutcomeAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var error = (await AcrClient.JsonAsync(response)).GetProperty("error");
        return (response.StatusCode, $"{error.GetProperty("code").GetString()}/{(error.TryGetProperty("innererror", out var inner) ? inner.GetProperty("code").GetString() : null)}");
    }

    private static async Task<HttpResponseMessage> SendAsync(TestEmulator emulator, HttpMethod method, string path, string? body, string? audience)
    {
        using var request = new HttpRequestMessage(method, new Uri(emulator.Host.Vault.Endpoint, path));
        request.Headers.Authorization = audience is null ? null : new AuthenticationHeaderValue("Bearer", await AcrClient.EntraTokenAsync(emulator, audience));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await emulator.Http.SendAsync(request, TestEmulator.Token);
    }
}
