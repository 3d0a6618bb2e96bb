using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>What became of a batch whose reply was lost and which was refused when it was sent again, as the rows tell that are there since.</summary>
internal static class LostReply
{
    /// <summary>Where the row's own is not known, as when it was written over since: no version has it.</summary>
    public const string Superseded = "W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"";

    /// <param name="refusal">Of the later try.</param>
    /// <param name="rows">One for each operation, read after the refusal; null where none is there.</param>
    /// <returns>Null when it was refused, or applied and written over since: only the caller can tell, by what it reads now.</returns>
    public static CommitResult? Judge(RecordBatch batch, string writeId, CommitResult refusal, IReadOnlyList<TableRow?> rows)
    {
        var operations = batch.Operations;
        bool IsOurs(int i) => operations[i].Kind != RecordOperationKind.Delete && rows[i]?.WriteId == writeId;
        var all = Enumerable.Range(0, operations.Count).ToList();

        // A batch applies whole, so one row of ours is enough.
        if (all.Any(IsOurs))
        {
            return new CommitResult(CommitOutcome.Committed, [.. all.Select(i => operations[i].Kind == RecordOperationKind.Delete ? null : IsOurs(i) ? rows[i]!.Record.ETag : Superseded)]);
        }

        // No ETag comes twice: a row that still has the one we named was not touched by us.
        if (all.Any(i => operations[i].ETag is { } etag && rows[i]?.Record.ETag == etag))
        {
            return refusal;
        }

        return operations.All(operation => operation.Kind == RecordOperationKind.Delete) ? JudgeDeletes(operations, refusal, rows) : null;
    }

    /// <summary>Of the rows that are there, the first; -1 when there is none.</summary>
    public static int FirstThere(IReadOnlyList<TableRow?> rows) => rows.TakeWhile(row => row is null).Count() is var first && first < rows.Count ? first : -1;

    /// <summary>A delete leaves no id behind. That nothing is there is all that it wanted.</summary>
    private static CommitResult? JudgeDeletes(IReadOnlyList<RecordOperation> operations, CommitResult refusal, IReadOnlyList<TableRow?> rows)
    {
        if (refusal.Outcome == CommitOutcome.Changed)
        {
            return refusal;
        }

        var first = FirstThere(rows);
        return first < 0 ? new CommitResult(CommitOutcome.Committed, new string?[operations.Count])
            : operations[first].ETag is not null ? CommitResult.Refused(CommitOutcome.Changed, first)
            : null;
    }
}
