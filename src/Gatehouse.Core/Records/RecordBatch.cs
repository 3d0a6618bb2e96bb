namespace Gatehouse.Core.Records;

public enum RecordOperationKind
{
    /// <summary>Fails when the row is there.</summary>
    Insert,

    /// <summary>Fails when the row is missing or its ETag differs.</summary>
    Replace,

    /// <summary>Always applies.</summary>
    Upsert,

    /// <summary>Fails when the row is missing, or its ETag differs and one was given.</summary>
    Delete,
}

public sealed record RecordOperation(RecordOperationKind Kind, string Row, ReadOnlyMemory<byte> Data, string? ETag);

/// <summary>Operations on distinct rows of one partition that apply together or not at all.</summary>
public sealed class RecordBatch(string table, string partition)
{
    private readonly List<RecordOperation> _operations = [];

    public string Table { get; } = table;

    public string Partition { get; } = partition;

    public IReadOnlyList<RecordOperation> Operations => _operations;

    public RecordBatch Insert(string row, ReadOnlyMemory<byte> data) => Add(new(RecordOperationKind.Insert, row, data, null));

    public RecordBatch Replace(string row, ReadOnlyMemory<byte> data, string etag) => Add(new(RecordOperationKind.Replace, row, data, etag));

    public RecordBatch Upsert(string row, ReadOnlyMemory<byte> data) => Add(new(RecordOperationKind.Upsert, row, data, null));

    /// <param name="etag">Null deletes whatever version is there.</param>
    public RecordBatch Delete(string row, string? etag = null) => Add(new(RecordOperationKind.Delete, row, default, etag));

    private RecordBatch Add(RecordOperation operation)
    {
        _operations.Add(operation);
        return this;
    }
}

public enum CommitOutcome
{
    Committed,

    /// <summary>An inserted row was there already.</summary>
    Exists,

    /// <summary>A replaced or deleted row is not there.</summary>
    Missing,

    /// <summary>A replaced or deleted row has another ETag.</summary>
    Changed,
}

/// <param name="ETags">One for each operation, in order; null for deletes. Empty unless committed.</param>
/// <param name="FailedOperation">Index of the first operation that could not apply, or -1.</param>
public sealed record CommitResult(CommitOutcome Outcome, IReadOnlyList<string?> ETags, int FailedOperation = -1)
{
    public bool IsCommitted => Outcome == CommitOutcome.Committed;

    public static CommitResult Refused(CommitOutcome outcome, int operation) => new(outcome, [], operation);
}
