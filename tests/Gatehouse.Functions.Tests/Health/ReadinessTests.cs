using Gatehouse.Functions.Tests.Support;

namespace Gatehouse.Functions.Tests.Health;

public sealed class ReadinessTests
{
    /// <summary>No identity is at hand, which is one way not to be let into the vault.</summary>
    [Fact]
    public async Task Health_KeyThatCannotSign_IsNotReadyAndServesOn()
    {
        await using var host = await ApiHost.StartAsync(
            ("Gatehouse:Ledger:Signer", "KeyVault"),
            ("Gatehouse:Azure:KeyVault:KeyId", "https://contoso.vault.azure.net/keys/ledger"),
            ("Gatehouse:Azure:Credential", "Environment"));

        var health = await host.SendAsync("GET", "/healthz", role: null);

        Assert.Equal((503, "unusable"), (health.Status, health.Json["status"]!.GetValue<string>()));
        Assert.Contains("https://contoso.vault.azure.net/keys/ledger", Assert.Single(health.Json["problems"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("GET", "/", role: null)).Status);
    }

    [Fact]
    public async Task Health_SeveralProblems_AreAllSaid()
    {
        await using var host = await ApiHost.StartAsync(
            ("Gatehouse:Storage:Directory", "/dev/null/no-directory"),
            ("Gatehouse:Ledger:Signer", "KeyVault"),
            ("Gatehouse:Azure:KeyVault:KeyId", "https://contoso.vault.azure.net/keys/ledger"),
            ("Gatehouse:Azure:Credential", "Environment"));

        Assert.Equal(2, (await host.SendAsync("GET", "/healthz", role: null)).Json["problems"]!.AsArray().Count);
    }
}
