using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Ledger.Sealing;
using Gatehouse.Core.Ledger.Signing;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Records;
using Gatehouse.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Ledger;

public static class LedgerServices
{
    /// <summary>The ledger, over the registered <see cref="IRecordStore"/> and <see cref="ICheckpointSigner"/>; checkpoints go to the <see cref="ICheckpointPublisher"/>, if one is registered.</summary>
    public static IServiceCollection AddGatehouseLedger(this IServiceCollection services)
    {
        services.AddOptions<LedgerOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILedger, LedgerReader>();
        services.TryAddSingleton<ILedgerInbox, LedgerInbox>();
        services.TryAddSingleton<ILedgerSealer, LedgerSealer>();
        services.TryAddSingleton(provider => new CheckpointPublication(
            provider.GetRequiredService<IRecordStore>(),
            provider.GetService<ICheckpointPublisher>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CheckpointPublication>>()));
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<CheckpointPublication>());
        return services;
    }

    /// <summary>Signs checkpoints with a key file, made at first use.</summary>
    public static IServiceCollection AddLocalCheckpointSigner(this IServiceCollection services, Func<IServiceProvider, string> keyFile)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IdSource>();
        services.AddSingleton<ICheckpointSigner>(provider => new LocalKeySigner(
            keyFile(provider),
            provider.GetRequiredService<IdSource>(),
            provider.GetRequiredService<ILogger<LocalKeySigner>>()));
        return services;
    }
}
