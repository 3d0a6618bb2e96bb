using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger;

/// <summary>
/// Ledger events that wait in the partition of the state they describe: committed in its transaction, then moved to the ledger inbox.
/// A crash between the two leaves them here for the next flush; the inbox takes the same event twice without harm.
/// </summary>
internal sealed class LedgerOutbox(IRecordStore records, ILedgerInbox inbox)
{
    private const string RowPrefix = "outbox~";

    public static RecordBatch Add(RecordBatch batch, LedgerEvent ledgerEvent) =>
        batch.Insert(RowPrefix + ledgerEvent.Id, LedgerEventJson.Serialize(ledgerEvent));

    /// <summary>Moves events that were just committed.</summary>
    public async Task DeliverAsync(string table, string partition, IReadOnlyList<LedgerEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        await inbox.AppendAsync(events, cancellationToken);
        foreach (var ledgerEvent in events)
        {
            // Another instance may have moved it meanwhile; gone is gone.
            await records.CommitAsync(new RecordBatch(table, partition).Delete(RowPrefix + ledgerEvent.Id), cancellationToken);
        }
    }

    /// <summary>Moves what an earlier run left.</summary>
    public async Task FlushAsync(string table, string partition, CancellationToken cancellationToken)
    {
        var left = new List<LedgerEvent>();
        await foreach (var record in records.QueryAsync(RecordQuery.Prefix(table, partition, RowPrefix), cancellationToken))
        {
            left.Add(LedgerEventJson.Parse(record.Data.Span));
        }

        await DeliverAsync(table, partition, left, cancellationToken);
    }
}
