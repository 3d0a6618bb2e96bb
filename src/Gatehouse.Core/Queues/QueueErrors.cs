using Gatehouse.Core.Results;

namespace Gatehouse.Core.Queues;

/// <summary>Every way a command about queues can be refused.</summary>
internal static class QueueErrors
{
    public static Error Unknown(string queue) =>
        new(ErrorKind.NotFound, "queue-unknown", $"There is no queue '{queue}'; there are {string.Join(", ", QueueNames.All)}.", "queue") { Allowed = QueueNames.All };
}
