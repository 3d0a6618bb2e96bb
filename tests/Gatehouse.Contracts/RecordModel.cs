using Gatehouse.Core.Records;

namespace Gatehouse.Contracts;

/// <summary>One partition as plainly as it can be written; stores are compared with it.</summary>
public sealed class RecordModel
{
    private readonly SortedDictionary<string, (string ETag, byte[] Data)> _rows = new(StringComparer.Ordinal);

    public IEnumerable<(string Row, string ETag, byte[] Data)> Rows => _rows.Select(row => (row.Key, row.Value.ETag, row.Value.Data));

    public string? ETagOf(string row) => _rows.TryGetValue(row, out var found) ? found.ETag : null;

    public (CommitOutcome Outcome, int FailedOperation) Judge(RecordBatch batch)
    {
        for (var i = 0; i < batch.Operations.Count; i++)
        {
            var operation = batch.Operations[i];
            var etag = ETagOf(operation.Row);
            var outcome = operation.Kind switch
            {
                RecordOperationKind.Insert => etag is null ? CommitOutcome.Committed : CommitOutcome.Exists,
                RecordOperationKind.Upsert => CommitOutcome.Committed,
                _ when etag is null => CommitOutcome.Missing,
                _ => operation.ETag is null || operation.ETag == etag ? CommitOutcome.Committed : CommitOutcome.Changed,
            };
            if (outcome != CommitOutcome.Committed)
            {
                return (outcome, i);
            }
        }

        return (CommitOutcome.Committed, -1);
    }

    public void Apply(RecordBatch batch, IReadOnlyList<string?> etags)
    {
        for (var i = 0; i < batch.Operations.Count; i++)
        {
            var operation = batch.Operations[i];
            if (operation.Kind == RecordOperationKind.Delete)
            {
                _rows.Remove(operation.Row);
            }
            else
            {
                _rows[operation.Row] = (etags[i]!, operation.Data.ToArray());
            }
        }
    }
}
