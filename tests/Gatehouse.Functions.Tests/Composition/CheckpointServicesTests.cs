using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Functions.Composition;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Tests.Composition;

public sealed class CheckpointServicesTests
{
    private const string VaultKey = "https://contoso.vault.azure.net/keys/ledger";

    [Theory]
    [InlineData("Local", null, "LocalKeySigner")]
    [InlineData("Local", "KeyVault", "KeyVaultSigner")]
    [InlineData("Azure", null, "KeyVaultSigner")]
    [InlineData(null, null, "KeyVaultSigner")]
    [InlineData("Azure", "LocalFile", "LocalKeySigner")]
    public async Task AddGatehouse_SignerAndEnvironment_ChooseTheSigner(string? environment, string? signer, string expected)
    {
        await using var provider = Build(("Gatehouse:Environment", environment), ("Gatehouse:Ledger:Signer", signer), ("Gatehouse:Ledger:KeyPath", "ledger.pem"), ("Gatehouse:Azure:KeyVault:KeyId", VaultKey));

        Assert.Equal(expected, provider.GetRequiredService<ICheckpointSigner>().GetType().Name);
    }

    [Theory]
    [InlineData("Local", null, null, null, "Gatehouse:Ledger:KeyPath is empty; with the signer LocalFile")]
    [InlineData("Azure", null, null, null, "Gatehouse:Azure:KeyVault:KeyId is empty; with the signer KeyVault")]
    [InlineData("Local", "Hsm", "ledger.pem", VaultKey, "Gatehouse:Ledger:Signer is 'Hsm'; allowed are LocalFile and KeyVault.")]
    [InlineData("Local", "LocalFile", "ledger.pem", null, null)]
    [InlineData("Local", "KeyVault", null, VaultKey, null)]
    public async Task Options_OfTheSigner_NameWhatIsMissing(string environment, string? signer, string? path, string? key, string? problem)
    {
        await using var provider = Build(("Gatehouse:Environment", environment), ("Gatehouse:Ledger:Signer", signer), ("Gatehouse:Ledger:KeyPath", path), ("Gatehouse:Azure:KeyVault:KeyId", key));
        var options = provider.GetRequiredService<IOptions<LedgerKeyOptions>>();

        if (problem is null)
        {
            Assert.NotNull(options.Value);
            return;
        }

        Assert.StartsWith(problem, Assert.Throws<OptionsValidationException>(() => options.Value).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("https://account.blob.core.windows.net/checkpoints", true)]
    public async Task AddGatehouse_ContainerOrNone_ChoosesWhetherCheckpointsArePublished(string? container, bool published)
    {
        await using var provider = Build(("Gatehouse:Environment", "Local"), ("Gatehouse:Azure:Checkpoints:ContainerUri", container));

        Assert.Equal(published, provider.GetService<ICheckpointPublisher>() is not null);
    }

    private static ServiceProvider Build(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => one.Value)).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddGatehouse(configuration);
        return services.BuildServiceProvider();
    }
}
