using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Arm;

internal static partial class Log
{
    [LoggerMessage(1640, LogLevel.Warning, "Resource Manager does not know version {Preview} of registries ({Code}), so {Stable} is read for some hours, which says nothing of regional endpoints; client request id {ClientRequestId}, request id {RequestId}")]
    public static partial void PreviewUnknown(this ILogger logger, string preview, string stable, string code, string? clientRequestId, string? requestId);
}
