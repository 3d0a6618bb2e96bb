using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Ledger;

public sealed class LedgerOptions
{
    public const string Section = "Gatehouse:Ledger";

    public const string DefaultOrigin = "gatehouse";

    public const int DefaultMaxEventsPerRound = 8192;

    /// <summary>First line of every checkpoint: names this log among all logs. Printable, without spaces or '+'. Source: C2SP tlog-checkpoint.</summary>
    public string Origin { get; set; } = DefaultOrigin;

    /// <summary>Events that get one checkpoint together; a larger backlog is sealed in several rounds. 16 to 65,536.</summary>
    public int MaxEventsPerRound { get; set; } = DefaultMaxEventsPerRound;

    /// <summary>Names this Gatehouse where a URI is wanted; an origin may hold what a URN may not.</summary>
    internal string Urn => "urn:gatehouse:" + Uri.EscapeDataString(Origin);

    internal static bool IsOrigin(string? origin) => origin is { Length: > 0 and <= 200 } && origin.All(c => c is > ' ' and <= '~' and not '+');
}

internal sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    private const int LeastEventsPerRound = 16;
    private const int MostEventsPerRound = 65_536;

    public ValidateOptionsResult Validate(string? name, LedgerOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (!LedgerOptions.IsOrigin(options.Origin))
        {
            builder.AddError($"{LedgerOptions.Section}:{nameof(options.Origin)} is '{options.Origin}'; write 1 to 200 printable ASCII characters without spaces and '+'.");
        }

        if (options.MaxEventsPerRound is < LeastEventsPerRound or > MostEventsPerRound)
        {
            builder.AddError($"{LedgerOptions.Section}:{nameof(options.MaxEventsPerRound)} is {options.MaxEventsPerRound}; write a whole number from {LeastEventsPerRound} to {MostEventsPerRound}.");
        }

        return builder.Build();
    }
}
