using Gatehouse.Core.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

public static class EventRegistration
{
    /// <summary>Registers <see cref="IEventPublisher"/>, which is off without an <see cref="IEventSink"/>. Needs the ledger, IRecordStore, IWorkQueue, IWorkQueueReceiver and TimeProvider.</summary>
    public static IServiceCollection AddGatehouseEvents(this IServiceCollection services)
    {
        services.AddOptions<EventOptions>().BindConfiguration(EventOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventOptions>, EventOptionsValidator>());
        services.TryAddSingleton<EventCursorStore>();
        services.TryAddSingleton<EventBatches>();
        services.TryAddSingleton<RefusedEvents>();
        services.TryAddSingleton<EventLag>();
        services.TryAddSingleton<IEventPublisher, EventPublisher>();
        services.TryAddSingleton<IRefusedEventDesk, EventRepublisher>();
        return services;
    }
}
