namespace Gatehouse.Core.Ledger;

public sealed class LedgerOptions
{
    public const string DefaultOrigin = "gatehouse";

    public const int DefaultMaxEventsPerRound = 8192;

    /// <summary>First line of every checkpoint: names this log among all logs. Printable, without spaces or '+'. Source: C2SP tlog-checkpoint.</summary>
    public string Origin { get; set; } = DefaultOrigin;

    /// <summary>Events that get one checkpoint together; a larger backlog is sealed in several rounds. 16 to 65,536.</summary>
    public int MaxEventsPerRound { get; set; } = DefaultMaxEventsPerRound;

    internal static bool IsOrigin(string? origin) => origin is { Length: > 0 and <= 200 } && origin.All(c => c is > ' ' and <= '~' and not '+');
}
