using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Ledger.Signing;

internal static partial class Log
{
    [LoggerMessage(1240, LogLevel.Information, "Created the ledger's signing key {Path}")]
    public static partial void KeyCreated(ILogger logger, string path);

    [LoggerMessage(1241, LogLevel.Warning, "The ledger's signing key {Path} can be read by other users; restrict it to its owner (mode 0600)")]
    public static partial void KeyReadableByOthers(ILogger logger, string path);
}
