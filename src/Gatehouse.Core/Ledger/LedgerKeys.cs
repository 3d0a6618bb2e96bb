using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger;

/// <summary>Where everything of the ledger stands in the record store. Changing any of this orphans existing ledgers.</summary>
internal static class LedgerKeys
{
    public const string Table = "ledger";
    public const string HeadPartition = "head";
    public const string HeadRow = "head";
    public const string CheckpointPrefix = "c|";

    /// <summary>How far checkpoints are published.</summary>
    public const string PublishedRow = "published";
    public const string PendingPrefix = "p|";
    public const string MarkerPrefix = "s|";
    public const int InboxPartitions = 16;

    /// <summary>Entries of one partition: enough for full transactions, few enough to spread the load.</summary>
    public const long EntriesPerPartition = 4096;

    public static RecordKey Head => new(Table, HeadPartition, HeadRow);

    public static RecordKey Published => new(Table, HeadPartition, PublishedRow);

    public static string CheckpointRow(long size) => CheckpointPrefix + RecordKeys.Number(size);

    public static string EntryPartition(long index) => "e|" + RecordKeys.Number(index / EntriesPerPartition);

    public static string EntryRow(long index) => RecordKeys.Number(index);

    public static string TilePartition(int level) => string.Create(CultureInfo.InvariantCulture, $"t|{level}");

    public static string TileRow(long tile) => RecordKeys.Number(tile);

    public static string InboxPartition(int number) => string.Create(CultureInfo.InvariantCulture, $"inbox|{number:x1}");

    /// <summary>
    /// Spreads origins evenly (see <see cref="LedgerEvent.MakeId"/>), and the events of one origin always to the same partition: what is appended
    /// together is one transaction, which neither a crash nor a sealer can see in part, so the ledger tells each story in its order.
    /// </summary>
    public static string InboxPartitionOf(string eventId)
    {
        var (first, last) = (eventId.IndexOf('~', StringComparison.Ordinal), eventId.LastIndexOf('~'));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(first < last ? eventId[(first + 1)..last] : eventId), hash);
        return InboxPartition(hash[0] % InboxPartitions);
    }
}
