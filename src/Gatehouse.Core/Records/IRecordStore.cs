namespace Gatehouse.Core.Records;

/// <summary>
/// The one port to storage, with the semantics of Azure Table storage: partitions and rows, ETags, queries in key order,
/// atomic transactions inside one partition. Every back end passes <c>RecordStoreContract</c>.
/// </summary>
public interface IRecordStore
{
    /// <summary>The record, or null when there is none.</summary>
    Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>The records of a range of rows in one partition, in ordinal order of their row keys.</summary>
    IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>Applies all operations or none.</summary>
    /// <exception cref="ArgumentException">The batch breaks a limit of <see cref="RecordLimits"/>, mixes partitions, or names a row twice.</exception>
    /// <exception cref="RecordStoreException">The store failed; whether the batch was applied is unknown, and asking again is safe.</exception>
    Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken);
}

/// <summary>A storage fault that a later try may not meet again.</summary>
public sealed class RecordStoreException : Exception
{
    public RecordStoreException(string message)
        : base(message)
    {
    }

    public RecordStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
