using Gatehouse.Core.Ledger.Sealing;
using Gatehouse.Core.Ledger.Signing;
using Gatehouse.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Ledger;

public static class LedgerServices
{
    private const int MinEventsPerRound = 16;
    private const int MaxEventsPerRound = 65_536;

    /// <summary>The ledger, over the registered <see cref="Records.IRecordStore"/> and <see cref="ICheckpointSigner"/>.</summary>
    public static IServiceCollection AddGatehouseLedger(this IServiceCollection services)
    {
        services.AddOptions<LedgerOptions>()
            .Validate(
                options => LedgerOptions.IsOrigin(options.Origin),
                $"{nameof(LedgerOptions)}.{nameof(LedgerOptions.Origin)} must be 1 to 200 printable ASCII characters without spaces and '+'.")
            .Validate(
                options => options.MaxEventsPerRound is >= MinEventsPerRound and <= MaxEventsPerRound,
                $"{nameof(LedgerOptions)}.{nameof(LedgerOptions.MaxEventsPerRound)} must be {MinEventsPerRound} to {MaxEventsPerRound}.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILedger, LedgerReader>();
        services.TryAddSingleton<ILedgerInbox, LedgerInbox>();
        services.TryAddSingleton<ILedgerSealer, LedgerSealer>();
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
