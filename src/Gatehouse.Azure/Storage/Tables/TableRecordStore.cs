using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>Records in Azure Table storage, or Azurite. A table is made when the first record is written to it.</summary>
internal sealed class TableRecordStore(TableClient client, TableWriter writer) : IRecordStore
{
    public async Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(key);
        return (await client.FindAsync(key, cancellationToken))?.Record;
    }

    public IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(query);
        return client.QueryAsync(query, cancellationToken);
    }

    public async Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(batch);
        return await writer.CommitAsync(batch, cancellationToken);
    }
}
