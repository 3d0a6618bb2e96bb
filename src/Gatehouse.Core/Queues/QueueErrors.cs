using Gatehouse.Core.Results;

namespace Gatehouse.Core.Queues;

/// <summary>Every way a command about queues can be refused.</summary>
internal static class QueueErrors
{
    public static Error Unavailable(string queue, string reason) =>
        new(ErrorKind.Unavailable, "queue-unavailable", $"Queue '{queue}' cannot be used now: {reason}", "queue");

    public static Error Unknown(string queue) =>
        new(ErrorKind.NotFound, "queue-unknown", $"There is no queue '{queue}'; there are {string.Join(", ", QueueNames.All)}.", "queue") { Allowed = QueueNames.All };
}
