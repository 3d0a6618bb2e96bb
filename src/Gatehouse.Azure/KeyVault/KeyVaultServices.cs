using Gatehouse.Azure.Options;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Readiness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.KeyVault;

public static class KeyVaultServices
{
    /// <summary>Binds and validates the options, whether or not they are used.</summary>
    public static IServiceCollection AddKeyVaultOptions(this IServiceCollection services)
    {
        services.AddOptions<KeyVaultOptions>().BindConfiguration(KeyVaultOptions.Section)
            .PostConfigure<IOptions<AzureOptions>>((vault, azure) => vault.Scope ??= azure.Value.HomeCloud().VaultScope)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KeyVaultOptions>, KeyVaultOptionsValidator>());
        return services;
    }

    /// <summary>Signs checkpoints in Key Vault. Wants logging, a configuration and <see cref="KeyVaultOptions.KeyId"/>; nothing is asked before the first use.</summary>
    public static IServiceCollection AddKeyVaultCheckpointSigner(this IServiceCollection services)
    {
        services.AddAzureAccess();
        services.AddKeyVaultOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<KeyVaultClient>();
        services.AddSingleton<KeyVaultSigner>();
        services.AddSingleton<ICheckpointSigner>(provider => provider.GetRequiredService<KeyVaultSigner>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<KeyVaultSigner>());
        return services;
    }
}
