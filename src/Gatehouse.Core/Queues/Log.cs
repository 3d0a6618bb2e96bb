using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Queues;

internal static partial class Log
{
    [LoggerMessage(1023, LogLevel.Information, "{Count} messages that had failed too often are back on queue {Queue}, moved by {Actor}")]
    public static partial void Requeued(this ILogger logger, int count, string queue, string actor);
}
