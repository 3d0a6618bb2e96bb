using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage;

internal static partial class Log
{
    [LoggerMessage(1630, LogLevel.Information, "Table {Table} was not there and is now")]
    public static partial void TableCreated(this ILogger logger, string table);

    [LoggerMessage(1631, LogLevel.Warning, "A write to table {Table} failed ({Code}) and is tried again in {Wait}")]
    public static partial void WriteTriedAgain(this ILogger logger, string table, string code, TimeSpan wait);

    [LoggerMessage(1632, LogLevel.Information, "A write to table {Table} had been applied although its reply was lost")]
    public static partial void WriteFound(this ILogger logger, string table);

    [LoggerMessage(1633, LogLevel.Information, "Queue {Queue} was not there and is now")]
    public static partial void QueueCreated(this ILogger logger, string queue);
}
