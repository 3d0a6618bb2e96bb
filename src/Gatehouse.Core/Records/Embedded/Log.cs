using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Records.Embedded;

internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Information, "Opened the record store in {Directory}: {LiveBytes} live bytes from {Files} files")]
    public static partial void StoreOpened(ILogger logger, string directory, long liveBytes, int files);

    [LoggerMessage(1201, LogLevel.Warning, "Cut {Bytes} bytes off the end of {File}: a write that never finished")]
    public static partial void TornTailCut(ILogger logger, long bytes, string file);

    [LoggerMessage(1202, LogLevel.Information, "Compacted the record store in {Directory} from {BytesBefore} to {BytesAfter} bytes")]
    public static partial void Compacted(ILogger logger, string directory, long bytesBefore, long bytesAfter);

    [LoggerMessage(1203, LogLevel.Error, "Compacting the record store in {Directory} failed; it goes on with its present files")]
    public static partial void CompactionFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(1204, LogLevel.Error, "Writing to the record store in {Directory} failed")]
    public static partial void WriteFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(1205, LogLevel.Critical, "The record store in {Directory} takes no more writes until it is opened again: what reached the disk is unknown")]
    public static partial void StoreStopped(ILogger logger, string directory, Exception exception);
}
