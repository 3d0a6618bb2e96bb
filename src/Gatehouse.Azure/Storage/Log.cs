using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage;

internal static partial class Log
{
    [LoggerMessage(1630, LogLevel.Information, "Table {Table} was not there and is now")]
    public static partial void TableCreated(this ILogger logger, string table);

    [LoggerMessage(1631, LogLevel.Warning, "A write to table {Table} failed ({Code}) and is tried again in {Wait}; client request id {ClientRequestId}, request id {RequestId}")]
    public static partial void WriteTriedAgain(this ILogger logger, string table, string code, TimeSpan wait, string? clientRequestId, string? requestId);

    [LoggerMessage(1632, LogLevel.Information, "A write to table {Table} had been applied although its reply was lost")]
    public static partial void WriteFound(this ILogger logger, string table);

    [LoggerMessage(1633, LogLevel.Information, "Queue {Queue} was not there and is now")]
    public static partial void QueueCreated(this ILogger logger, string queue);

    [LoggerMessage(1634, LogLevel.Warning, "The {Service} service of account {Account} answered {Status} ({Code}); client request id {ClientRequestId}, request id {RequestId}")]
    public static partial void CallFailed(this ILogger logger, StorageService service, string account, int status, string code, string? clientRequestId, string? requestId);

    [LoggerMessage(1635, LogLevel.Warning, "Storage account {Account} cannot be used: {Problem}")]
    public static partial void AccountUnusable(this ILogger logger, string account, string problem);

    [LoggerMessage(1636, LogLevel.Information, "Removed {Tables} tables and {Queues} queues of namespace {Namespace}")]
    public static partial void NamespaceRemoved(this ILogger logger, int tables, int queues, string @namespace);
}
