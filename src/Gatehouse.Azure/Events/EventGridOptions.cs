using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Events;

/// <summary>The custom topic that governance events go to; bound from <c>Gatehouse:Azure:EventGrid</c>.</summary>
public sealed class EventGridOptions
{
    public const string Section = "Gatehouse:Azure:EventGrid";

    /// <summary>The topic (schema CloudEvents 1.0), e.g. <c>https://{topic}.{region}-1.eventgrid.azure.net/api/events</c>; https. Without it no events are published.</summary>
    public string? TopicEndpoint { get; set; }

    /// <summary>The Entra scope of tokens for the topic; null for the cloud's own, <c>https://eventgrid.azure.net/.default</c> in the public one.</summary>
    public string? Scope { get; set; }
}

/// <summary>Says everything that is wrong, each with its key and what is allowed.</summary>
internal sealed class EventGridOptionsValidator : IValidateOptions<EventGridOptions>
{
    public ValidateOptionsResult Validate(string? name, EventGridOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (!(Uri.TryCreate(options.TopicEndpoint, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri is { UserInfo: "", Query: "", Fragment: "" }))
        {
            builder.AddError($"{EventGridOptions.Section}:{nameof(options.TopicEndpoint)} is '{options.TopicEndpoint}'; allowed: an https URL without query, e.g. https://topic.westeurope-1.eventgrid.azure.net/api/events.");
        }

        if (!(Uri.TryCreate(options.Scope, UriKind.Absolute, out _) && options.Scope!.EndsWith("/.default", StringComparison.Ordinal)))
        {
            builder.AddError($"{EventGridOptions.Section}:{nameof(options.Scope)} is '{options.Scope}'; allowed: an Entra scope that ends in '/.default'.");
        }

        return builder.Build();
    }
}
