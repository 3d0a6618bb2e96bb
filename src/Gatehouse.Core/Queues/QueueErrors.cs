using Gatehouse.Core.Results;

namespace Gatehouse.Core.Queues;

/// <summary>Every way a command about queues can be refused.</summary>
internal static class QueueErrors
{
    public static Error NoTopic() =>
        new(ErrorKind.Conflict, "topic-not-configured", "There is no topic to publish refused events to; configure one first.", "queue");

    public static Error TopicAway(string reason) =>
        new(ErrorKind.Unavailable, "topic-unavailable", $"The topic takes no events now ({reason}); their records stay on '{QueueNames.Poison(QueueNames.EventsOut)}'.", "queue");

    public static Error StillRefused(int count, string reason) => new(
        ErrorKind.Conflict,
        "events-still-refused",
        $"None of {count} events was taken, and their records stay on '{QueueNames.Poison(QueueNames.EventsOut)}'. The newest: {reason}",
        "queue");

    public static Error EventRefused(long index, string code, string reason) =>
        new(ErrorKind.Conflict, "event-refused", $"ledger entry {index}: {code}: {reason}");

    public static Error EventUnknown(long index, string id) =>
        new(ErrorKind.Conflict, "event-unknown", $"ledger entry {index} has no event '{id}', or is not sealed here.");

    public static Error NoRecord(string message) =>
        new(ErrorKind.Conflict, "record-unreadable", $"message {message} is no record of a refused event.");

    public static Error Unavailable(string queue, string reason) =>
        new(ErrorKind.Unavailable, "queue-unavailable", $"Queue '{queue}' cannot be used now: {reason}", "queue");

    public static Error Unknown(string queue) =>
        new(ErrorKind.NotFound, "queue-unknown", $"There is no queue '{queue}'; there are {string.Join(", ", QueueNames.All)}.", "queue") { Allowed = QueueNames.All };
}
