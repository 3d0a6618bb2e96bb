namespace Gatehouse.Functions.Hooks;

internal static partial class Log
{
    [LoggerMessage(1750, LogLevel.Information, "An event subscription to {Topic} asked for validation and was agreed to")]
    public static partial void SubscriptionValidated(this ILogger logger, string topic);

    [LoggerMessage(1751, LogLevel.Warning, "An event subscription to {Topic} was deleted; no more events of it will come")]
    public static partial void SubscriptionDeleted(this ILogger logger, string topic);

    [LoggerMessage(1752, LogLevel.Error, "The caller of an Event Grid delivery cannot be judged")]
    public static partial void CallerNotJudged(this ILogger logger, Exception exception);
}
