using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Ledger.Sealing;

internal static partial class Log
{
    [LoggerMessage(1220, LogLevel.Information, "Sealed {Count} events; the ledger holds {Size}. {Adopted} of them had been written by a sealer that did not finish")]
    public static partial void Sealed(ILogger logger, int count, long size, int adopted);

    [LoggerMessage(1221, LogLevel.Information, "Another sealer is at work: it wrote {What} first. It, or the next run, seals the rest")]
    public static partial void AnotherSealer(ILogger logger, string what);
}
