using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Rescans;

internal static partial class Log
{
    [LoggerMessage(1021, LogLevel.Warning, "Released image {Repository}@{Digest} would be refused today: {Failures}")]
    public static partial void WouldBeRefused(ILogger logger, string repository, string digest, string failures);

    [LoggerMessage(1022, LogLevel.Warning, "Released image {Digest} was not scanned again: {Reason}")]
    public static partial void NotRescanned(ILogger logger, string digest, string reason);
}
