using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Ledger;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.KeyVault;

/// <summary>Each refusal is told apart, names vault and key, says what would help, and holds no secret. Source: Key Vault REST API error responses.</summary>
public sealed class KeyVaultRefusalTests
{
    private const string Rbac = """{"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource.\r\nAction: 'Microsoft.KeyVault/vaults/keys/read'","innererror":{"code":"ForbiddenByRbac"}}}""";
    private const string Policy = """{"error":{"code":"Forbidden","message":"The user does not have keys get permission on key vault","innererror":{"code":"ForbiddenByPolicy"}}}""";
    private const string Firewall = """{"error":{"code":"Forbidden","message":"Client address is not authorized","innererror":{"code":"ForbiddenByFirewall"}}}""";
    private const string Expired = """{"error":{"code":"Forbidden","message":"Operation is not allowed on an expired key.","innererror":{"code":"KeyExpired"}}}""";
    private const string NotFound = """{"error":{"code":"KeyNotFound","message":"A key with (name/id) ledger was not found in this key vault."}}""";

    public static TheoryData<int, string, string, string> Refusals => new()
    {
        { 403, Rbac, "key-vault-forbidden", "Key Vault Crypto User" },
        { 403, Policy, "key-vault-forbidden", "Get and Sign in the vault's access policy" },
        { 403, Firewall, "key-vault-forbidden", "firewall" },
        { 403, "{}", "key-vault-forbidden", "Key Vault Crypto User" },
        { 403, Expired, "key-vault-key-expired", "make a new version" },
        { 404, NotFound, "key-vault-key-unknown", "Gatehouse:Azure:KeyVault:KeyId" },
        { 404, "<html>gateway-7 knows no such host</html>", "key-vault-failed", "404 about the key https://contoso.vault.azure.net/keys/ledger: it says '<html>gateway-7 knows no such host</html>'" },
        { 429, "{}", "key-vault-throttled", "throttles" },
        { 500, "oops", "key-vault-failed", "500" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Read_Refused_SaysWhyAndWhatWouldHelp(int status, string body, string code, string hint)
    {
        await using var rig = await KeyVaultRig.StartAsync(retries: 0);
        rig.Server.Add(KeyVaultRig.Json("GET", "*", status, body));

        var error = (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.GetPublicKeyAsync(KeyVaultRig.Cancel))).Error;

        Assert.Equal(code, error.Code);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.Contains("https://contoso.vault.azure.net/keys/ledger", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("entra-token", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("Bearer authorization=\"https://login.microsoftonline.com/tenant\", resource=\"https://vault.azure.net\"", "https://vault.azure.net")]
    [InlineData("Bearer authorization=\"https://evil.example/tenant\", resource=\"https://evil.example\"", "https://evil.example")]
    public async Task Read_Challenged_IsToldAndNotObeyed(string challenge, string asked)
    {
        await using var rig = await KeyVaultRig.StartAsync(retries: 0);
        rig.Server.Add(KeyVaultRig.Json("GET", "*", 401, """{"error":{"code":"Unauthorized","message":"AKV10022: Invalid audience."}}""", ("WWW-Authenticate", challenge)));

        var error = (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.GetPublicKeyAsync(KeyVaultRig.Cancel))).Error;

        Assert.Equal("key-vault-unauthorized", error.Code);
        Assert.Contains(asked, error.Message, StringComparison.Ordinal);
        Assert.All(rig.Credential.Asked, request => Assert.Equal(["https://vault.azure.net/.default"], request.Scopes));
        Assert.All(rig.Server.Requests, request => Assert.Equal("contoso.vault.azure.net", request.Header("Host")));
    }

    /// <summary>A token that the credential keeps, and the vault no longer takes.</summary>
    [Fact]
    public async Task Read_TokenRefusedOnce_IsAskedAgainWithAFreshOne()
    {
        await using var rig = await KeyVaultRig.StartAsync(retries: 0);
        rig.Server.Add(KeyVaultRig.Json("GET", "*", 401, """{"error":{"code":"Unauthorized","message":"AKV10073: The token is expired."}}""") with { Times = 1 });
        rig.Server.Add(KeyVaultRig.Json("GET", KeyVaultRig.KeyPath, 200, rig.NewKey("v1").Json));

        Assert.EndsWith("/v1", await rig.Signer.GetKeyIdAsync(KeyVaultRig.Cancel), StringComparison.Ordinal);

        Assert.Equal(2, rig.Server.Requests.Count);
        Assert.Single(rig.Credential.Asked, request => request.Claims is not null);
    }

    [Fact]
    public async Task Read_NoIdentity_SaysSo()
    {
        await using var rig = await KeyVaultRig.StartAsync(credential: new StubCredential(null));

        var error = (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.GetKeyIdAsync(KeyVaultRig.Cancel))).Error;

        Assert.Equal("key-vault-credential-failed", error.Code);
        Assert.Empty(rig.Server.Requests);
    }

    [Fact]
    public async Task Read_ConnectionLost_IsUnreachable()
    {
        await using var rig = await KeyVaultRig.StartAsync(retries: 1);
        rig.Server.Add(new ScriptStep("GET", "*") { Fail = true });

        Assert.Equal("key-vault-unreachable", (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.GetKeyIdAsync(KeyVaultRig.Cancel))).Error.Code);
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Theory]
    [InlineData("EC", "\"enabled\":false", "key-vault-key-disabled")]
    [InlineData("EC", "\"enabled\":true,\"exp\":1772366000", "key-vault-key-expired")]
    [InlineData("EC", "\"enabled\":true,\"nbf\":1772368000", "key-vault-key-not-yet-valid")]
    [InlineData("RSA", "\"enabled\":true", "key-vault-key-unsuitable")]
    [InlineData("oct-HSM", "\"enabled\":true", "key-vault-key-unsuitable")]
    public async Task Read_KeyThatCannotSign_IsToldApart(string kty, string attributes, string code)
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, rig.NewKey("v1", kty, attributes).Json));

        Assert.Equal(code, (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.GetKeyIdAsync(KeyVaultRig.Cancel))).Error.Code);
    }

    /// <summary>2026-03-01T12:00:00Z is 1772366400: four minutes off is the clocks' matter, and Key Vault's to judge.</summary>
    [Theory]
    [InlineData("\"enabled\":true,\"exp\":1772366160")]
    [InlineData("\"enabled\":true,\"nbf\":1772366640")]
    [InlineData("\"enabled\":true,\"exp\":null")]
    [InlineData("")]
    public async Task Read_DatesWithinTheClocksSkew_AreLeftToTheVault(string attributes)
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, rig.NewKey("v1", attributes: attributes).Json));

        Assert.EndsWith("/v1", await rig.Signer.GetKeyIdAsync(KeyVaultRig.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"crv\":\"P-256\"", "\"crv\":\"P-384\"", "key-vault-key-unsuitable")]
    [InlineData("\"crv\":\"P-256\"", "\"crv\":\"P-256K\"", "key-vault-key-unsuitable")]
    [InlineData("[\"sign\",\"verify\"]", "[\"verify\"]", "key-vault-key-unsuitable")]
    [InlineData("\"x\":\"", "\"x\":\"AAAA", "key-vault-answer-malformed")]
    [InlineData("/keys/ledger/v1", "/keys/other/v1", "key-vault-answer-malformed")]
    [InlineData("/keys/ledger/v1", "/keys/ledger", "key-vault-answer-malformed")]
    [InlineData("\"kty\"", "\"no\"", "key-vault-answer-malformed")]
    [InlineData("{", "[", "key-vault-answer-malformed")]
    public async Task Read_KeyThatIsNotWhatWeNeed_IsRefused(string original, string changed, string code)
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, rig.NewKey("v1").Json.Replace(original, changed, StringComparison.Ordinal)));

        Assert.Equal(code, (await Assert.ThrowsAsync<SigningException>(() => rig.Signer.GetKeyIdAsync(KeyVaultRig.Cancel))).Error.Code);
    }
}
