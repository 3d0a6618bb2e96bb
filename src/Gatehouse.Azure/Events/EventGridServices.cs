using Gatehouse.Azure.Options;
using Gatehouse.Core.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Events;

public static class EventGridServices
{
    /// <summary>Publishes governance events to the topic of <see cref="EventGridOptions"/>. Wants logging and a configuration.</summary>
    public static IServiceCollection AddEventGridTopic(this IServiceCollection services)
    {
        services.AddAzureAccess();
        services.AddOptions<EventGridOptions>().BindConfiguration(EventGridOptions.Section)
            .PostConfigure<IOptions<AzureOptions>>((topic, azure) => topic.Scope ??= azure.Value.HomeCloud().TopicScope)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventGridOptions>, EventGridOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IEventSink, EventGridSink>();
        return services;
    }
}
