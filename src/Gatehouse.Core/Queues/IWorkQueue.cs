namespace Gatehouse.Core.Queues;

/// <summary>Puts messages on a queue that delivers at least once, in no order. Receiving is the Functions host's business, not ours.</summary>
public interface IWorkQueue
{
    /// <param name="queue">A storage queue name: 3 to 63 lower-case letters, digits and dashes.</param>
    /// <param name="text">The message, at most <see cref="QueueLimits.MaxTextBytes"/> bytes of UTF-8.</param>
    /// <param name="delay">How long it stays invisible.</param>
    Task EnqueueAsync(string queue, string text, TimeSpan delay, CancellationToken cancellationToken);
}

public static class QueueNames
{
    /// <summary>Drives intakes; see design: "the queue message is the driver".</summary>
    public const string IntakeWork = "intake-work";

    /// <summary>Where Event Grid puts events for us.</summary>
    public const string Events = "gatehouse-events";

    /// <summary>Names the poison queue of events the topic refused; has no messages of its own, for the ledger is that queue.</summary>
    public const string EventsOut = "gatehouse-events-out";

    /// <summary>Every queue that work waits on, or fails on.</summary>
    public static IReadOnlyList<string> All { get; } = [IntakeWork, Events, EventsOut];

    /// <summary>Where the Functions host puts messages of <paramref name="queue"/> that failed too often.</summary>
    public static string Poison(string queue) => queue + "-poison";
}

/// <summary>Source: Azure Queue storage limits (64 KiB a message, base64 included).</summary>
public static class QueueLimits
{
    public const int MaxTextBytes = 48 * 1024;

    /// <summary>Source: Peek Messages, numofmessages.</summary>
    public const int MaxPeeked = 32;
}
