namespace Gatehouse.Functions.Events;

internal static partial class Log
{
    [LoggerMessage(1740, LogLevel.Warning, "{By} cannot read event {Event} ({Code}: {Reason}); it is kept on the poison queue")]
    public static partial void EventKept(this ILogger logger, string by, string @event, string code, string reason);

    [LoggerMessage(1741, LogLevel.Error, "{By} cannot read event {Event} ({Code}), and it is too large to keep; it is left to the sender's dead letters")]
    public static partial void EventNotKept(this ILogger logger, string by, string @event, string code);

    [LoggerMessage(1742, LogLevel.Error, "{By} could not process event {Event} now; it has to come again")]
    public static partial void EventFailed(this ILogger logger, string by, string @event, Exception exception);

    [LoggerMessage(1743, LogLevel.Information, "Event {Event} is of type {Type}, which concerns nobody here")]
    public static partial void EventIgnored(this ILogger logger, string @event, string type);
}
