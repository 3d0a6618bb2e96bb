using Gatehouse.Azure.KeyVault;

namespace Gatehouse.Azure.Tests.KeyVault;

public sealed class KeyVaultOptionsValidatorTests
{
    private const string PublicScope = "https://vault.azure.net/.default";

    [Theory]
    [InlineData(null, PublicScope)]
    [InlineData("https://contoso.vault.azure.net/keys/ledger", PublicScope)]
    [InlineData("https://contoso.vault.azure.net/keys/ledger/0123456789abcdef0123456789abcdef", PublicScope)]
    [InlineData("https://contoso.vault.azure.cn/keys/ledger", "https://vault.azure.cn/.default")]
    [InlineData("https://contoso.managedhsm.azure.net/keys/ledger", "https://managedhsm.azure.net/.default")]
    [InlineData("https://127.0.0.1:5001/keys/ledger", PublicScope)]
    public void Validate_KeyBelowItsScopesHost_Passes(string? keyId, string scope) =>
        Assert.True(new KeyVaultOptionsValidator().Validate(null, new KeyVaultOptions { KeyId = keyId, Scope = scope }).Succeeded);

    [Theory]
    [InlineData("http://contoso.vault.azure.net/keys/ledger")]
    [InlineData("https://contoso.vault.azure.net/secrets/ledger")]
    [InlineData("https://contoso.vault.azure.net/keys/")]
    [InlineData("https://contoso.vault.azure.net/keys/a_b")]
    [InlineData("https://user@contoso.vault.azure.net/keys/ledger")]
    [InlineData("https://contoso.vault.azure.net/keys/ledger?x=1")]
    [InlineData("https://contoso.vault.azure.net/keys/ledger/1/sign")]
    [InlineData("https://vault.azure.net/keys/ledger")]
    [InlineData("https://contoso.vault.azure.net.evil.example/keys/ledger")]
    [InlineData("https://contosovault.azure.net/keys/ledger")]
    [InlineData("ledger")]
    public void Validate_KeyThatIsElsewhere_IsRefusedByItsName(string keyId)
    {
        var failure = Assert.Single(new KeyVaultOptionsValidator().Validate(null, new KeyVaultOptions { KeyId = keyId, Scope = PublicScope }).Failures!);

        Assert.StartsWith($"Gatehouse:Azure:KeyVault:KeyId is '{keyId}'", failure, StringComparison.Ordinal);
        Assert.Contains("allowed:", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_EverythingWrong_SaysItAll()
    {
        var options = new KeyVaultOptions { KeyId = "x", Scope = "http://vault.azure.net", ApiVersion = "seven", RefreshInterval = TimeSpan.FromSeconds(1) };

        Assert.Equal(
            ["KeyId", "Scope", "ApiVersion", "RefreshInterval"],
            new KeyVaultOptionsValidator().Validate(null, options).Failures!.Select(failure => failure.Split(' ')[0].Split(':')[^1]));
    }
}
