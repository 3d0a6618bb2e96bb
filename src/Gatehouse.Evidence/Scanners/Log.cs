using Gatehouse.Core.Images;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Evidence.Scanners;

internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Information, "Scanner {Scanner} was given {Digest} in {Scans} scans")]
    public static partial void ScanSubmitted(this ILogger logger, string scanner, Digest digest, int scans);

    [LoggerMessage(1501, LogLevel.Information, "Scanner {Scanner} reports {Findings} findings in {Digest}")]
    public static partial void ScanReported(this ILogger logger, string scanner, Digest digest, int findings);

    [LoggerMessage(1502, LogLevel.Warning, "Scanner {Scanner} is unavailable: {Reason}")]
    public static partial void ScannerUnavailable(this ILogger logger, string scanner, string reason);

    [LoggerMessage(1503, LogLevel.Warning, "Scanner {Scanner} lost a scan: {Reason}")]
    public static partial void ScanLost(this ILogger logger, string scanner, string reason);
}
