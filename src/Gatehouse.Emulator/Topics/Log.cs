using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Topics;

internal static partial class Log
{
    [LoggerMessage(1424, LogLevel.Debug, "Topic {Topic} took {Count} events")]
    public static partial void EventsTaken(ILogger logger, string topic, int count);

    [LoggerMessage(1425, LogLevel.Warning, "Topic {Topic} refused what was published: {Code}: {Reason}")]
    public static partial void PublishRefused(ILogger logger, string topic, string code, string reason);
}
