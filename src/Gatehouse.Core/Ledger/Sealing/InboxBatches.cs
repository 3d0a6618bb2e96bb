using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger.Sealing;

/// <summary>Cuts rows of one partition into full transactions, and commits them where some may be done already.</summary>
internal static class InboxBatches
{
    /// <summary>Enough rows to learn of most others already done, few enough to stay one page.</summary>
    private const int WindowRows = 1000;

    /// <summary>Cuts at the limits of one batch.</summary>
    public static IEnumerable<List<T>> Cut<T>(IEnumerable<T> rows, Func<T, int> bytesOf)
    {
        var (batch, bytes) = (new List<T>(), 0L);
        foreach (var row in rows)
        {
            var length = bytesOf(row);
            if (batch.Count == RecordLimits.MaxBatchOperations || (batch.Count > 0 && bytes + length > RecordLimits.MaxBatchBytes))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(row);
            bytes += length;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Inserts the rows that are not there.</summary>
    public static Task InsertMissingAsync(IRecordStore store, string partition, SortedDictionary<string, byte[]> rows, CancellationToken cancellationToken) =>
        CommitRestAsync(store, partition, rows, (batch, row, data) => batch.Insert(row, data), CommitOutcome.Exists, cancellationToken);

    /// <summary>Deletes the rows that are there.</summary>
    public static Task DeletePresentAsync(IRecordStore store, string partition, IEnumerable<string> rows, CancellationToken cancellationToken) =>
        CommitRestAsync(
            store,
            partition,
            new SortedDictionary<string, byte[]>(rows.ToDictionary(row => row, _ => Array.Empty<byte>()), StringComparer.Ordinal),
            (batch, row, _) => batch.Delete(row),
            CommitOutcome.Missing,
            cancellationToken);

    private static async Task CommitRestAsync(
        IRecordStore store,
        string partition,
        SortedDictionary<string, byte[]> rows,
        Func<RecordBatch, string, byte[], RecordBatch> add,
        CommitOutcome done,
        CancellationToken cancellationToken)
    {
        while (rows.Count > 0)
        {
            var batch = rows.Aggregate(new RecordBatch(LedgerKeys.Table, partition), (batch, row) => add(batch, row.Key, row.Value));
            var result = await store.CommitAsync(batch, cancellationToken);
            if (result.IsCommitted)
            {
                return;
            }

            if (result.Outcome != done)
            {
                throw new InvalidOperationException($"The ledger's inbox refused row '{batch.Operations[result.FailedOperation].Row}': {result.Outcome}.");
            }

            var present = await PresentAsync(store, partition, rows, cancellationToken);
            rows.Remove(batch.Operations[result.FailedOperation].Row);
            foreach (var row in rows.Keys.Where(row => present.Contains(row) == (done == CommitOutcome.Exists)).ToList())
            {
                rows.Remove(row);
            }
        }
    }

    /// <summary>Which of the rows are there; of those beyond a page's reach, what their own commit will tell.</summary>
    private static async Task<HashSet<string>> PresentAsync(IRecordStore store, string partition, SortedDictionary<string, byte[]> rows, CancellationToken cancellationToken)
    {
        var last = rows.Keys.Last();
        var present = new HashSet<string>(StringComparer.Ordinal);
        var window = new RecordQuery(LedgerKeys.Table, partition, rows.Keys.First(), last + "\u0001", WindowRows);
        await foreach (var record in store.QueryAsync(window, cancellationToken))
        {
            present.Add(record.Key.Row);
        }

        return present;
    }
}
