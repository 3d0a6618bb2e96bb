using System.Security.Cryptography;
using Gatehouse.Core.Ledger;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.KeyVault;

public sealed class KeyVaultSignerTests
{
    private static readonly byte[] Data = "a checkpoint"u8.ToArray();

    [Theory]
    [InlineData("EC")]
    [InlineData("EC-HSM")]
    public async Task Sign_CurrentVersion_IsSignedThereAndVerifiedHere(string kty)
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (key, json) = rig.NewKey("v1", kty);
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json), KeyVaultRig.Signing(key, "v1"));

        var signature = await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        Assert.Equal($"{KeyVaultRig.Vault}{KeyVaultRig.KeyPath}/v1", signature.KeyId);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), signature.PublicKey);
        Assert.True(key.VerifyData(Data, signature.Value, HashAlgorithmName.SHA256));
        Assert.All(rig.Server.Requests, request => Assert.Equal(("?api-version=7.4", "Bearer entra-token", "contoso.vault.azure.net"), (request.Query, request.Authorization, request.Header("Host"))));
        Assert.Equal(["https://vault.azure.net/.default"], Assert.Single(rig.Credential.Asked).Scopes);
        Assert.Empty(rig.Server.Unexpected);
    }

    [Fact]
    public async Task Sign_WithinTheInterval_AsksForTheKeyOnce()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json), KeyVaultRig.Signing(key, "v1"));

        await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);
        rig.Clock.Advance(TimeSpan.FromMinutes(4));
        await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        Assert.Equal(1, rig.Server.Count("GET", "*"));
        Assert.Equal(2, rig.Server.Count("POST", "*"));
    }

    [Fact]
    public async Task Sign_RotatedKey_SignsWithTheNewVersionAfterTheInterval()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (old, oldJson) = rig.NewKey("v1");
        var (current, json) = rig.NewKey("v2");
        rig.Server.Add(
            ScriptStep.Get(KeyVaultRig.KeyPath, oldJson) with { Times = 1 },
            ScriptStep.Get(KeyVaultRig.KeyPath, json),
            KeyVaultRig.Signing(old, "v1"),
            KeyVaultRig.Signing(current, "v2"));

        var first = await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);
        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        var second = await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        Assert.EndsWith("/v1", first.KeyId, StringComparison.Ordinal);
        Assert.EndsWith("/v2", second.KeyId, StringComparison.Ordinal);
        Assert.Equal(current.ExportSubjectPublicKeyInfo(), second.PublicKey);
        Assert.True(current.VerifyData(Data, second.Value, HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task Sign_OldVersionDisabledWithinTheInterval_TakesTheNewOneAtOnce()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (old, oldJson) = rig.NewKey("v1");
        var (current, json) = rig.NewKey("v2");
        rig.Server.Add(
            ScriptStep.Get(KeyVaultRig.KeyPath, oldJson) with { Times = 1 },
            ScriptStep.Get(KeyVaultRig.KeyPath, json),
            KeyVaultRig.Signing(old, "v1") with { Times = 1 },
            KeyVaultRig.Json("POST", KeyVaultRig.KeyPath + "/v1/sign", 403, """{"error":{"code":"Forbidden","message":"Operation sign is not allowed on a disabled key.","innererror":{"code":"KeyDisabled"}}}"""),
            KeyVaultRig.Signing(current, "v2"));
        await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        var signature = await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        Assert.EndsWith("/v2", signature.KeyId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_VersionDisabledAndNoNewer_IsSaidAfterOneLook()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(
            ScriptStep.Get(KeyVaultRig.KeyPath, rig.NewKey("v1").Json),
            KeyVaultRig.Json("POST", KeyVaultRig.KeyPath + "/v1/sign", 403, """{"error":{"code":"Forbidden","message":"Operation sign is not allowed on a disabled key.","innererror":{"code":"KeyDisabled"}}}"""));

        Assert.Equal("key-vault-key-disabled", await CodeAsync(rig));
        Assert.Equal((2, 1), (rig.Server.Count("GET", "*"), rig.Server.Count("POST", "*")));
    }

    [Fact]
    public async Task Sign_PinnedVersion_IsTheOneAskedFor()
    {
        await using var rig = await KeyVaultRig.StartAsync(KeyVaultRig.Vault + KeyVaultRig.KeyPath + "/v1");
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath + "/v1", json), KeyVaultRig.Signing(key, "v1"));

        Assert.EndsWith("/v1", (await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel)).KeyId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_KeyCannotBeRenewed_GoesOnWithTheOneItHas()
    {
        await using var rig = await KeyVaultRig.StartAsync(retries: 0);
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json) with { Times = 1 }, KeyVaultRig.Json("GET", KeyVaultRig.KeyPath, 503, "{}"), KeyVaultRig.Signing(key, "v1"));
        await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);
        rig.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.EndsWith("/v1", (await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel)).KeyId, StringComparison.Ordinal);
        Assert.Equal(2, rig.Server.Count("GET", "*"));
    }

    [Fact]
    public async Task Sign_SignatureOfAnotherKey_IsNotUsed()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (_, json) = rig.NewKey("v1");
        var (other, _) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json), KeyVaultRig.Signing(other, "v1"));

        Assert.Equal("key-vault-signature-wrong", await CodeAsync(rig));
    }

    [Theory]
    [InlineData("""{"kid":"https://contoso.vault.azure.net/keys/ledger/v2","value":"AAAA"}""", "key-vault-signature-wrong")]
    [InlineData("""{"kid":"https://contoso.vault.azure.net/keys/ledger/v1","value":"AAAA"}""", "key-vault-signature-wrong")]
    [InlineData("""{"kid":"https://contoso.vault.azure.net/keys/ledger/v1","value":"%%%"}""", "key-vault-answer-malformed")]
    [InlineData("""{"kid":"elsewhere","value":"AAAA"}""", "key-vault-answer-malformed")]
    [InlineData("""{"value":7}""", "key-vault-answer-malformed")]
    [InlineData("<html>", "key-vault-answer-malformed")]
    public async Task Sign_AnswerThatIsNoSignature_IsNotUsed(string answer, string code)
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, rig.NewKey("v1").Json), KeyVaultRig.Json("POST", KeyVaultRig.KeyPath + "/v1/sign", 200, answer));

        Assert.Equal(code, await CodeAsync(rig));
    }

    [Fact]
    public async Task Sign_KeyIdOfAnotherHost_GetsNoTokenThere()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, rig.NewKey("v1", vault: "https://evil.example").Json));

        Assert.Equal("key-vault-answer-malformed", await CodeAsync(rig));
        Assert.All(rig.Server.Requests, request => Assert.Equal("contoso.vault.azure.net", request.Header("Host")));
    }

    [Fact]
    public async Task Sign_ThrottledForLong_LeavesTheVaultAloneUntilThen()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(
            ScriptStep.Get(KeyVaultRig.KeyPath, json),
            KeyVaultRig.Json("POST", KeyVaultRig.KeyPath + "/v1/sign", 429, """{"error":{"code":"Throttled","message":"too many"}}""", ("Retry-After", "60")) with { Times = 1 },
            KeyVaultRig.Signing(key, "v1"));

        var throttled = await Assert.ThrowsAsync<SigningException>(() => rig.Signer.SignAsync(Data, KeyVaultRig.Cancel));
        rig.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("key-vault-throttled", await CodeAsync(rig));
        Assert.Equal(1, rig.Server.Count("POST", "*"));
        rig.Clock.Advance(TimeSpan.FromSeconds(11));
        await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        Assert.Contains("60 s", throttled.Message, StringComparison.Ordinal);
        Assert.Equal(2, rig.Server.Count("POST", "*"));
    }

    [Fact]
    public async Task Sign_ReplyLost_IsAskedAgain()
    {
        await using var rig = await KeyVaultRig.StartAsync(retries: 2);
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json), KeyVaultRig.Signing(key, "v1") with { Answer = null, Fail = true, Times = 2 }, KeyVaultRig.Signing(key, "v1"));

        await rig.Signer.SignAsync(Data, KeyVaultRig.Cancel);

        Assert.Equal(3, rig.Server.Count("POST", "*"));
    }

    private static async Task<string> CodeAsync(KeyVaultRig rig) =>
        (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.SignAsync(Data, KeyVaultRig.Cancel))).Error.Code;
}
