using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Watches;

public static class WatchRegistration
{
    /// <summary>Registers <see cref="IWatchService"/>. Needs IRecordStore, IImageResolver, IIntakeDesk, ILedgerInbox, TimeProvider and IConfiguration.</summary>
    public static IServiceCollection AddGatehouseWatches(this IServiceCollection services)
    {
        services.AddOptions<WatchOptions>().BindConfiguration(WatchOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WatchOptions>, WatchOptionsValidator>());
        services.TryAddSingleton<WatchStore>();
        services.TryAddSingleton<WatchChanges>();
        services.TryAddSingleton<IWatchService, WatchService>();
        return services;
    }
}
