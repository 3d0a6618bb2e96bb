using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger.Sealing;

/// <summary>Reads what waits, oldest first, and which of it is in the ledger already.</summary>
internal sealed class PendingReader(IRecordStore store, int maxEvents)
{
    /// <summary>Bytes read from one partition in one round, so that large events cannot fill the memory.</summary>
    private const long MaxPartitionBytes = 4 * 1024 * 1024;

    /// <summary>The oldest events of all partitions. Where a partition has more, younger events of the others are left for later too: the order of ids is kept across rounds.</summary>
    public async Task<PendingWindow> ReadAsync(CancellationToken cancellationToken)
    {
        var partitions = await Task.WhenAll(Enumerable.Range(0, LedgerKeys.InboxPartitions)
            .Select(number => ReadPartitionAsync(LedgerKeys.InboxPartition(number), cancellationToken)));
        var cut = partitions.Where(partition => partition.IsPartial).Select(partition => partition.Events[^1].Id).Min(StringComparer.Ordinal);
        var events = partitions.SelectMany(partition => partition.Events).Where(waiting => cut is null || string.CompareOrdinal(waiting.Id, cut) <= 0);
        return new PendingWindow([.. events], cut is not null);
    }

    /// <summary>Index by event id of those events that have a marker.</summary>
    public async Task<Dictionary<string, long>> ReadMarkersAsync(IReadOnlyList<PendingEvent> events, CancellationToken cancellationToken)
    {
        var partitions = await Task.WhenAll(events.GroupBy(waiting => waiting.Partition, StringComparer.Ordinal)
            .Select(partition => ReadMarkersAsync(partition.Key, [.. partition.Select(waiting => waiting.Id)], cancellationToken)));
        return partitions.SelectMany(found => found).ToDictionary(StringComparer.Ordinal);
    }

    private async Task<PendingWindow> ReadPartitionAsync(string partition, CancellationToken cancellationToken)
    {
        var take = Math.Max(1, maxEvents / LedgerKeys.InboxPartitions);
        var (events, bytes) = (new List<PendingEvent>(), 0L);
        await foreach (var record in store.QueryAsync(RecordQuery.Prefix(LedgerKeys.Table, partition, LedgerKeys.PendingPrefix, take + 1), cancellationToken))
        {
            if (events.Count == take || bytes > MaxPartitionBytes)
            {
                return new PendingWindow(events, IsPartial: true);
            }

            events.Add(new PendingEvent(record.Key.Row[LedgerKeys.PendingPrefix.Length..], partition, record.Data));
            bytes += record.Data.Length;
        }

        return new PendingWindow(events, IsPartial: false);
    }

    /// <summary>Ids sort by time and so do markers: usually one short range holds all that could match. When an old id makes it long, the rest is asked one by one.</summary>
    private async Task<List<KeyValuePair<string, long>>> ReadMarkersAsync(string partition, List<string> ids, CancellationToken cancellationToken)
    {
        var (found, wanted) = (new List<KeyValuePair<string, long>>(), ids.ToHashSet(StringComparer.Ordinal));
        var take = (2 * ids.Count) + 64;
        var range = new RecordQuery(LedgerKeys.Table, partition, LedgerKeys.MarkerPrefix + ids[0], LedgerKeys.MarkerPrefix + ids[^1] + "\u0001", take);
        var (read, last) = (0, "");
        await foreach (var record in store.QueryAsync(range, cancellationToken))
        {
            (read, last) = (read + 1, record.Key.Row[LedgerKeys.MarkerPrefix.Length..]);
            if (wanted.Contains(last))
            {
                found.Add(new(last, LedgerReader.IndexOf(record)));
            }
        }

        foreach (var id in read < take ? [] : ids.Where(id => string.CompareOrdinal(id, last) > 0))
        {
            if (await store.GetAsync(new RecordKey(LedgerKeys.Table, partition, LedgerKeys.MarkerPrefix + id), cancellationToken) is { } marker)
            {
                found.Add(new(id, LedgerReader.IndexOf(marker)));
            }
        }

        return found;
    }
}
