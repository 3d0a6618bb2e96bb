using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Events;

internal static partial class Log
{
    [LoggerMessage(1560, LogLevel.Debug, "The topic took {Count} events of the ledger entries {First} to {Last}")]
    public static partial void EventsTaken(this ILogger logger, int count, long first, long last);
}
