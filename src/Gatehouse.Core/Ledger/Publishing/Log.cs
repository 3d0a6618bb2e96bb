using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Ledger.Publishing;

internal static partial class Log
{
    [LoggerMessage(1242, LogLevel.Warning, "The checkpoint of {Size} entries could not be published and is tried again at the next seal: {Reason}")]
    public static partial void NotPublished(ILogger logger, long size, string reason);

    [LoggerMessage(1243, LogLevel.Critical, "The ledger has been forked: another checkpoint than the signed one of {Size} entries is published at {Place}. Nothing more is published")]
    public static partial void Forked(ILogger logger, long size, string place);
}
