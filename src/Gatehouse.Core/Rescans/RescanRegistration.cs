using Gatehouse.Core.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Rescans;

public static class RescanRegistration
{
    /// <summary>Registers <see cref="IRescanService"/>. Needs the intakes, the policies and the estate.</summary>
    public static IServiceCollection AddGatehouseRescans(this IServiceCollection services)
    {
        services.AddOptions<RescanOptions>().BindConfiguration(RescanOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RescanOptions>, RescanOptionsValidator>());
        services.TryAddSingleton<LedgerOutbox>();
        services.TryAddSingleton<RescanStore>();
        services.TryAddSingleton<IRescanService, RescanService>();
        return services;
    }
}
