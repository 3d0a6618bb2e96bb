using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

public static class EstateRegistration
{
    /// <summary>
    /// Registers <see cref="IEstateProvider"/>, <see cref="IReleasedImages"/> and <see cref="IEstateMonitor"/>.
    /// Needs IRecordStore, ILedgerInbox, <see cref="IReplicaReader"/>, <see cref="IExpectedImages"/>, TimeProvider and IConfiguration.
    /// </summary>
    public static IServiceCollection AddGatehouseEstate(this IServiceCollection services)
    {
        services.AddOptions<EstateOptions>().BindConfiguration(EstateOptions.Section).ValidateOnStart();
        services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EstateOptions>, EstateOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>());
        services.TryAddSingleton<IEstateProvider, EstateProvider>();
        services.TryAddSingleton<IReleasedImages, ReleasedImages>();
        services.TryAddSingleton<ReplicaStore>();
        services.TryAddSingleton<ReplicaProbe>();
        services.TryAddSingleton<PushJudge>();
        services.TryAddSingleton<IEstateMonitor, EstateMonitor>();
        return services;
    }
}
