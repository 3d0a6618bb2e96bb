using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Imports;

internal static partial class Log
{
    [LoggerMessage(1410, LogLevel.Information, "Import {Operation} of {Source} into {Registry} started")]
    public static partial void ImportStarted(ILogger logger, string operation, string source, string registry);

    [LoggerMessage(1411, LogLevel.Information, "Import {Operation} is done")]
    public static partial void ImportDone(ILogger logger, string operation);

    [LoggerMessage(1412, LogLevel.Warning, "Import {Operation} failed: {Code}: {Reason}")]
    public static partial void ImportFailed(ILogger logger, string operation, string code, string reason);

    [LoggerMessage(1413, LogLevel.Warning, "Import {Operation} was interrupted by the emulator's end")]
    public static partial void ImportInterrupted(ILogger logger, string operation);
}
