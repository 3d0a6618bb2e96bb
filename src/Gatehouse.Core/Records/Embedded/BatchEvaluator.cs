namespace Gatehouse.Core.Records.Embedded;

/// <summary>Decides batches one after another against the index and the batches decided before them that are not on disk yet.</summary>
internal sealed class BatchEvaluator(RecordIndex index)
{
    private readonly Dictionary<(string Table, string Partition, string Row), StoredRow?> _undurable = [];
    private long _lastVersion = index.LastVersion;

    /// <summary>Drops what was decided: it is in the index now, or was never written.</summary>
    public void Reset()
    {
        _undurable.Clear();
        _lastVersion = Math.Max(_lastVersion, index.LastVersion);
    }

    /// <summary>The changes to write, or null with the refusal in <paramref name="result"/>.</summary>
    public MutationSet? Decide(RecordBatch batch, out CommitResult result)
    {
        for (var i = 0; i < batch.Operations.Count; i++)
        {
            var operation = batch.Operations[i];
            if (Refusal(operation, Find(batch, operation.Row)) is { } refusal)
            {
                result = CommitResult.Refused(refusal, i);
                return null;
            }
        }

        var mutations = new Mutation[batch.Operations.Count];
        var etags = new string?[mutations.Length];
        for (var i = 0; i < mutations.Length; i++)
        {
            var operation = batch.Operations[i];
            var after = operation.Kind == RecordOperationKind.Delete ? null : new StoredRow(++_lastVersion, operation.Data.ToArray());
            mutations[i] = new(operation.Row, after);
            etags[i] = after is null ? null : ETagOf(after);
            _undurable[(batch.Table, batch.Partition, operation.Row)] = after;
        }

        result = new CommitResult(CommitOutcome.Committed, etags);
        return new MutationSet(batch.Table, batch.Partition, mutations);
    }

    public static string ETagOf(StoredRow row) => $"\"{row.Version:x}\"";

    private StoredRow? Find(RecordBatch batch, string row) =>
        _undurable.TryGetValue((batch.Table, batch.Partition, row), out var found) ? found : index.Find(batch.Table, batch.Partition, row);

    private static CommitOutcome? Refusal(RecordOperation operation, StoredRow? row) => operation.Kind switch
    {
        RecordOperationKind.Insert => row is null ? null : CommitOutcome.Exists,
        RecordOperationKind.Upsert => null,
        _ when row is null => CommitOutcome.Missing,
        _ => operation.ETag is null || operation.ETag == ETagOf(row) ? null : CommitOutcome.Changed,
    };
}
