namespace Gatehouse.Functions.Triggers;

internal static partial class Log
{
    [LoggerMessage(1720, LogLevel.Error, "{Function} refused an invocation with {Code}: {Reason}")]
    public static partial void InvocationRefused(this ILogger logger, string function, string code, string reason);

    [LoggerMessage(1732, LogLevel.Warning, "{Count} messages of queue {Queue} failed too often and wait for an operator: gatehouse estate requeue {Queue}")]
    public static partial void PoisonWaits(this ILogger logger, long count, string queue);

    [LoggerMessage(1733, LogLevel.Warning, "Queue {Queue} could not be counted: {Reason}")]
    public static partial void QueueNotCounted(this ILogger logger, string queue, string reason);
}
