using Gatehouse.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Core.Queues;

public static class QueueServices
{
    /// <summary>Registers <see cref="IQueueDesk"/>. Wants a storage back end, the ledger, the governance events and logging.</summary>
    public static IServiceCollection AddGatehouseQueues(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton<IQueueDesk, QueueDesk>();
        return services;
    }
}
