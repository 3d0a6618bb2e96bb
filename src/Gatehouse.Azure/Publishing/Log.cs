using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Publishing;

internal static partial class Log
{
    [LoggerMessage(1620, LogLevel.Information, "{Target} is locked, under the tag {Tag}")]
    public static partial void Published(this ILogger logger, string target, string? tag);

    [LoggerMessage(1621, LogLevel.Warning, "{Target} could not be published under the tag {Tag} (retryable: {Retryable}): {Reason}")]
    public static partial void PublishFailed(this ILogger logger, string target, string? tag, string reason, bool retryable);

    [LoggerMessage(1622, LogLevel.Warning, "{Target} could not be let out of quarantine (retryable: {Retryable}): {Reason}")]
    public static partial void NotPassed(this ILogger logger, string target, string reason, bool retryable);
}
