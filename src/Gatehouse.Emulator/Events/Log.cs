using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Events;

internal static partial class Log
{
    [LoggerMessage(1420, LogLevel.Information, "Event subscription {Subscription} is validated")]
    public static partial void SubscriptionValidated(ILogger logger, string subscription);

    [LoggerMessage(1421, LogLevel.Warning, "The web hook of event subscription {Subscription} did not agree; asking again in {Wait}")]
    public static partial void SubscriptionNotValidated(ILogger logger, string subscription, TimeSpan wait);

    [LoggerMessage(1422, LogLevel.Debug, "Event {Event} delivered to {Subscription} at attempt {Attempt}")]
    public static partial void EventDelivered(ILogger logger, string @event, string subscription, int attempt);

    [LoggerMessage(1423, LogLevel.Warning, "Event {Event} dropped for {Subscription} after {Attempts} attempts; last status {Status}")]
    public static partial void EventDropped(ILogger logger, string @event, string subscription, int attempts, int? status);
}
