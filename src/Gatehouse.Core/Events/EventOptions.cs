using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

/// <summary>Governance events to the outside; see docs/events.md.</summary>
public sealed class EventOptions
{
    public const string Section = "Gatehouse:Events";

    public const string Now = "Now";

    public const string Beginning = "Beginning";

    public const int DefaultLagWarning = 1000;

    /// <summary>The <c>source</c> of every event, a URI or URI reference. Default <c>urn:gatehouse:&lt;Gatehouse:Ledger:Origin&gt;</c>.</summary>
    public string? Source { get; set; }

    /// <summary><c>Now</c>: when publishing is first switched on, only what is sealed from then on. <c>Beginning</c>: the whole ledger.</summary>
    public string StartAt { get; set; } = Now;

    /// <summary>Sealed entries not published at which a warning is logged, once; 1 to 1,000,000.</summary>
    public int LagWarning { get; set; } = DefaultLagWarning;
}

internal sealed class EventOptionsValidator : IValidateOptions<EventOptions>
{
    private const int MostLag = 1_000_000;

    public ValidateOptionsResult Validate(string? name, EventOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (options.Source is { } source && (source.Length is 0 or > 1024 || !Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute)))
        {
            builder.AddError($"{EventOptions.Section}:{nameof(options.Source)} is '{source}'; write a URI or a URI reference of at most 1024 characters.");
        }

        if (options.StartAt is not (EventOptions.Now or EventOptions.Beginning))
        {
            builder.AddError($"{EventOptions.Section}:{nameof(options.StartAt)} is '{options.StartAt}'; allowed are {EventOptions.Now} and {EventOptions.Beginning}.");
        }

        if (options.LagWarning is < 1 or > MostLag)
        {
            builder.AddError($"{EventOptions.Section}:{nameof(options.LagWarning)} is {options.LagWarning}; write a whole number from 1 to {MostLag}.");
        }

        return builder.Build();
    }
}
