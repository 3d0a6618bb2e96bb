using Microsoft.Extensions.Logging;

namespace Gatehouse.Local.Hosting;

internal static partial class Log
{
    [LoggerMessage(1901, LogLevel.Warning, "Function {Function} failed with status {Status}: {Body}")]
    public static partial void InvocationFailed(ILogger logger, string function, int status, string body);

    [LoggerMessage(1902, LogLevel.Warning, "Function {Function} could not be reached: {Reason}")]
    public static partial void InvocationUnreachable(ILogger logger, string function, string reason);

    [LoggerMessage(1903, LogLevel.Error, "Message {Id} of {Queue} failed {Count} times and went to {Poison}")]
    public static partial void Poisoned(ILogger logger, string id, string queue, int count, string poison);

    [LoggerMessage(1904, LogLevel.Warning, "An Event Grid delivery for {Function} could not be read: {Reason}")]
    public static partial void EventUnreadable(ILogger logger, string function, string reason);

    [LoggerMessage(1905, LogLevel.Error, "Queue {Queue} could not be read: {Reason}")]
    public static partial void QueueUnreadable(ILogger logger, string queue, string reason);

    [LoggerMessage(1910, LogLevel.Warning, "Tables and queues of namespace {Namespace} are left on Azurite: {Reason}")]
    public static partial void NamespaceLeft(ILogger logger, string? @namespace, string reason);

    [LoggerMessage(1911, LogLevel.Error, "Message {Id} of {Queue} could not be completed or given back, and comes back by itself: {Reason}")]
    public static partial void MessageUnsettled(ILogger logger, string id, string queue, string reason);
}
