using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger.Sealing;

/// <summary>Puts events where the sealer finds them: one row per event id, so that a second append finds the first.</summary>
internal sealed class LedgerInbox(IRecordStore store) : ILedgerInbox
{
    public Task AppendAsync(IReadOnlyCollection<LedgerEvent> events, CancellationToken cancellationToken)
    {
        var partitions = events
            .DistinctBy(ledgerEvent => ledgerEvent.Id, StringComparer.Ordinal)
            .Select(ledgerEvent => new WaitingRow(LedgerKeys.InboxPartitionOf(ledgerEvent.Id), LedgerKeys.PendingPrefix + ledgerEvent.Id, Encode(ledgerEvent)))
            .GroupBy(row => row.Partition, StringComparer.Ordinal)
            .ToList();
        return Task.WhenAll(partitions.Select(partition => AppendAsync(partition.Key, partition, cancellationToken)));
    }

    private async Task AppendAsync(string partition, IEnumerable<WaitingRow> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in InboxBatches.Cut(rows.OrderBy(row => row.Row, StringComparer.Ordinal), row => row.Data.Length))
        {
            var sorted = new SortedDictionary<string, byte[]>(batch.ToDictionary(row => row.Row, row => row.Data), StringComparer.Ordinal);
            await InboxBatches.InsertMissingAsync(store, partition, sorted, cancellationToken);
        }
    }

    private static byte[] Encode(LedgerEvent ledgerEvent)
    {
        if (!RecordKeys.IsValid(LedgerKeys.PendingPrefix + ledgerEvent.Id))
        {
            throw new ArgumentException($"A ledger event's id must be part of a row key (see RecordKeys); '{ledgerEvent.Id}' cannot.", nameof(ledgerEvent));
        }

        var data = LedgerEventJson.Serialize(ledgerEvent);
        return data.Length <= RecordLimits.MaxDataBytes
            ? data
            : throw new ArgumentException($"The ledger event '{ledgerEvent.Id}' is {data.Length} bytes of JSON; at most {RecordLimits.MaxDataBytes} can be recorded.", nameof(ledgerEvent));
    }

    private sealed record WaitingRow(string Partition, string Row, byte[] Data);
}
