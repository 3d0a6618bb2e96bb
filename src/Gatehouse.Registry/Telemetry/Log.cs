using Microsoft.Extensions.Logging;

namespace Gatehouse.Registry.Telemetry;

/// <summary>Event ids 1300 to 1399, and 1414. URLs are logged without query: signed URLs carry their secret there.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Information, "{Request}: {Reason}; trying again in {Delay} (retry {Retry}).")]
    public static partial void Retrying(ILogger logger, string request, string reason, TimeSpan delay, int retry);

    [LoggerMessage(1301, LogLevel.Warning, "{Request}: not trying again, the retry budget of {Host} is used up.")]
    public static partial void RetryBudgetEmpty(ILogger logger, string request, string host);

    [LoggerMessage(1302, LogLevel.Warning, "{Host} warns: {Warning}")]
    public static partial void RegistryWarning(ILogger logger, string host, string warning);

    [LoggerMessage(1303, LogLevel.Warning, "{Request}: refused as untrustworthy: {Reason}")]
    public static partial void Untrustworthy(ILogger logger, string request, string reason);

    [LoggerMessage(1304, LogLevel.Information, "Reading {Digest} from {Host} broke off at byte {Position}: {Reason}; resuming.")]
    public static partial void BlobResumed(ILogger logger, string digest, string host, long position, string reason);

    [LoggerMessage(1305, LogLevel.Information, "Upload of {Digest} to {Host} starts over: {Reason}")]
    public static partial void UploadRestarted(ILogger logger, string digest, string host, string reason);

    [LoggerMessage(1306, LogLevel.Debug, "{Host} does not offer the referrers API; reading tags instead.")]
    public static partial void ReferrersByTag(ILogger logger, string host);

    [LoggerMessage(1307, LogLevel.Warning, "{Host} lists {Count} names in {Repository} that are no tags; they are left out.")]
    public static partial void TagsLeftOut(ILogger logger, string host, int count, string repository);

    [LoggerMessage(1414, LogLevel.Warning, "{Request} failed: {Reason} (client request {ClientRequestId}, request {RequestId})")]
    public static partial void CallFailed(ILogger logger, string request, string reason, string? clientRequestId, string? requestId);
}
