using Gatehouse.Core.Results;

namespace Gatehouse.Core.Queues;

/// <summary>Every way a command about queues can be refused.</summary>
internal static class QueueErrors
{
    public static Error NotRequeueable(string queue) => new(
        ErrorKind.Conflict,
        "queue-not-requeueable",
        $"What is on '{QueueNames.Poison(queue)}' tells of events that were refused for good; each is in the ledger under the index it names.",
        "queue") { Allowed = QueueNames.Requeueable };

    public static Error Unavailable(string queue, string reason) =>
        new(ErrorKind.Unavailable, "queue-unavailable", $"Queue '{queue}' cannot be used now: {reason}", "queue");

    public static Error Unknown(string queue) =>
        new(ErrorKind.NotFound, "queue-unknown", $"There is no queue '{queue}'; there are {string.Join(", ", QueueNames.All)}.", "queue") { Allowed = QueueNames.All };
}
