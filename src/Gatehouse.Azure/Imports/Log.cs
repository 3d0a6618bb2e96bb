using Gatehouse.Core.Images;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Imports;

internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Information, "Registry {Registry} imports {Source} at {Digest}")]
    public static partial void ImportStarted(this ILogger logger, string registry, string source, Digest digest);

    [LoggerMessage(1601, LogLevel.Warning, "An import into registry {Registry} failed with {Code} (retryable: {Retryable}): {Message}")]
    public static partial void ImportFailed(this ILogger logger, string registry, string code, string message, bool retryable);

    [LoggerMessage(1612, LogLevel.Debug, "Registry {Registry} has {Limit} imports under way, as many as may be; {Source} at {Digest} waits")]
    public static partial void ImportWaits(this ILogger logger, string registry, string source, Digest digest, int limit);
}
