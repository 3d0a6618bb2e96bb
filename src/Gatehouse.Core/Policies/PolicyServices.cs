using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Core.Policies;

public static class PolicyServices
{
    /// <summary>Adds <see cref="IPolicyStore"/> and <see cref="IPolicyProvider"/>. Needs an IRecordStore, an ILedgerInbox, a TimeProvider and logging.</summary>
    public static IServiceCollection AddGatehousePolicies(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PolicyArchive>();
        services.TryAddSingleton<LedgerOutbox>();
        services.TryAddSingleton<PolicyStore>();
        services.TryAddSingleton<IPolicyStore>(provider => provider.GetRequiredService<PolicyStore>());
        services.TryAddSingleton<IPolicyProvider>(provider => provider.GetRequiredService<PolicyStore>());
        return services;
    }
}
