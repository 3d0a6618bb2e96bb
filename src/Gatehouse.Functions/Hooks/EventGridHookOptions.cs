using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hooks;

/// <summary>Section <c>Gatehouse:Hooks</c>: whose deliveries <c>/hooks/eventgrid</c> takes, beside those with the secret <c>EventGrid</c>.</summary>
internal sealed class EventGridHookOptions
{
    public const string Section = HookOptions.Section;

    /// <summary>Event Grid's first-party application in the public cloud.</summary>
    public const string EventGridApplication = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

    public const string DefaultOrigin = "eventgrid.azure.net";

    /// <summary>Takes deliveries with an access token of <c>Gatehouse:Auth</c>'s issuer for its audience, issued to <c>EventGridEntraAppId</c>.</summary>
    public bool EventGridEntra { get; set; }

    /// <summary>The application (<c>azp</c> or <c>appid</c>) that Event Grid's tokens name; default that of the public cloud.</summary>
    public string EventGridEntraAppId { get; set; } = EventGridApplication;

    /// <summary>Names of the event subscriptions that may deliver, in any case; any when empty.</summary>
    public IList<string> EventGridSubscriptions { get; init; } = [];

    /// <summary>The origin that a CloudEvents handshake must name; default Event Grid's in the public cloud.</summary>
    public string EventGridOrigin { get; set; } = DefaultOrigin;
}

internal sealed class EventGridHookOptionsValidator : IValidateOptions<EventGridHookOptions>
{
    public ValidateOptionsResult Validate(string? name, EventGridHookOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (!Guid.TryParseExact(options.EventGridEntraAppId, "D", out _))
        {
            builder.AddError($"Gatehouse:Hooks:EventGridEntraAppId is '{options.EventGridEntraAppId}'; allowed: an application's id, a GUID with dashes.");
        }

        if (Uri.CheckHostName(options.EventGridOrigin) == UriHostNameType.Unknown)
        {
            builder.AddError($"Gatehouse:Hooks:EventGridOrigin is '{options.EventGridOrigin}'; allowed: a host name, e.g. {EventGridHookOptions.DefaultOrigin}.");
        }

        return builder.Build();
    }
}
