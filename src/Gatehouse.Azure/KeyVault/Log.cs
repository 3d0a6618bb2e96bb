using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.KeyVault;

internal static partial class Log
{
    [LoggerMessage(1650, LogLevel.Information, "Checkpoints are signed with the key {Key}; before it was {Previous}")]
    public static partial void KeyInUse(ILogger logger, string key, string previous);

    [LoggerMessage(1651, LogLevel.Warning, "Whether there is a newer version of the key {Key} could not be asked; it goes on signing: {Reason}")]
    public static partial void KeyNotRenewed(ILogger logger, string key, string reason);

    [LoggerMessage(1652, LogLevel.Error, "Checkpoints cannot be signed ({Code}): {Reason}")]
    public static partial void CannotSign(ILogger logger, string code, string reason);
}
