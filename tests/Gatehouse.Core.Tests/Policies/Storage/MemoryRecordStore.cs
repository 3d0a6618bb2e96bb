using System.Runtime.CompilerServices;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Tests.Policies.Storage;

/// <summary>A record store in memory, with hooks to come between a reader and its write.</summary>
internal sealed class MemoryRecordStore : IRecordStore
{
    private readonly SortedDictionary<(string Table, string Partition, string Row), Record> _rows = new(Comparer<(string, string, string)>.Create((a, b) =>
        string.CompareOrdinal(a.Item1, b.Item1) is not 0 and var t ? t : string.CompareOrdinal(a.Item2, b.Item2) is not 0 and var p ? p : string.CompareOrdinal(a.Item3, b.Item3)));

    private int _writes;

    public int Reads { get; private set; }

    /// <summary>Runs before the next commit, once.</summary>
    public Func<Task>? BeforeCommit { get; set; }

    public IEnumerable<string> Rows => _rows.Keys.Select(key => $"{key.Partition}|{key.Row}");

    public Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult(_rows.GetValueOrDefault((key.Table, key.Partition, key.Row)));
    }

    public async IAsyncEnumerable<Record> QueryAsync(RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        Reads++;
        var rows = _rows.Values.Where(record => record.Key.Table == query.Table && record.Key.Partition == query.Partition
            && (query.From is null || string.CompareOrdinal(record.Key.Row, query.From) >= 0)
            && (query.Before is null || string.CompareOrdinal(record.Key.Row, query.Before) < 0));
        foreach (var record in rows.Take(query.Take ?? int.MaxValue).ToList())
        {
            yield return record;
        }
    }

    public async Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        if (BeforeCommit is { } hook)
        {
            BeforeCommit = null;
            await hook();
        }

        RecordBatchValidator.Validate(batch);
        foreach (var (index, operation) in batch.Operations.Index())
        {
            var found = _rows.GetValueOrDefault((batch.Table, batch.Partition, operation.Row));
            var refusal = (operation.Kind, found) switch
            {
                (RecordOperationKind.Insert, not null) => CommitOutcome.Exists,
                (RecordOperationKind.Replace or RecordOperationKind.Delete, null) => CommitOutcome.Missing,
                (RecordOperationKind.Replace or RecordOperationKind.Delete, { } row) when operation.ETag is not null && operation.ETag != row.ETag => CommitOutcome.Changed,
                _ => CommitOutcome.Committed,
            };
            if (refusal != CommitOutcome.Committed)
            {
                return CommitResult.Refused(refusal, index);
            }
        }

        return new CommitResult(CommitOutcome.Committed, [.. batch.Operations.Select(operation => Apply(batch, operation))]);
    }

    private string? Apply(RecordBatch batch, RecordOperation operation)
    {
        var key = (batch.Table, batch.Partition, operation.Row);
        if (operation.Kind == RecordOperationKind.Delete)
        {
            _rows.Remove(key);
            return null;
        }

        var etag = $"\"{++_writes}\"";
        _rows[key] = new Record(new RecordKey(batch.Table, batch.Partition, operation.Row), etag, operation.Data.ToArray());
        return etag;
    }
}
