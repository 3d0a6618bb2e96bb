using Gatehouse.Azure.Checkpoints;
using Gatehouse.Azure.KeyVault;
using Gatehouse.Core.Ledger;
using Gatehouse.Functions.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Composition;

/// <summary>What signs the ledger's checkpoints, and where they are published.</summary>
internal static class CheckpointServices
{
    public static void AddCheckpoints(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(LedgerKeyOptions.Section);
        var signer = section[nameof(LedgerKeyOptions.Signer)] is { Length: > 0 } chosen ? chosen : DefaultSigner(configuration);
        services.AddOptions<LedgerOptions>().Bind(configuration.GetSection(LedgerOptions.Section));
        services.AddOptions<LedgerKeyOptions>().Bind(section).PostConfigure(options => options.Signer = signer).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LedgerKeyOptions>, LedgerKeyOptionsValidator>();
        services.AddKeyVaultOptions();
        services.AddCheckpointContainer(configuration);
        if (signer == LedgerKeyOptions.KeyVault)
        {
            services.AddKeyVaultCheckpointSigner();
            return;
        }

        services.AddLocalCheckpointSigner(provider => provider.GetRequiredService<IOptions<LedgerKeyOptions>>().Value.KeyPath!);
    }

    private static string DefaultSigner(IConfiguration configuration) =>
        configuration[$"{GatehouseOptions.Section}:{nameof(GatehouseOptions.Environment)}"] == GatehouseOptions.Local ? LedgerKeyOptions.LocalFile : LedgerKeyOptions.KeyVault;
}
