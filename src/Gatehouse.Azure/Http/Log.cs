using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

internal static partial class Log
{
    [LoggerMessage(1602, LogLevel.Warning, "{Method} {Host}{Path} failed with {Status} {Code} (client request {ClientRequestId}, request {RequestId}, correlation {CorrelationId})")]
    public static partial void CallFailed(
        this ILogger logger, string method, string host, string path, int status, string? code, string? clientRequestId, string? requestId, string? correlationId);

    [LoggerMessage(1603, LogLevel.Information, "{Host} refused the token it was shown (client request {ClientRequestId}); asking for a fresh one")]
    public static partial void TokenRefused(this ILogger logger, string? host, string clientRequestId);

    [LoggerMessage(1604, LogLevel.Warning, "No fresh token could be had for {Host}: {Reason}")]
    public static partial void FreshTokenFailed(this ILogger logger, string? host, string reason);
}
