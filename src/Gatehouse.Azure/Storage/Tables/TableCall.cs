using Azure.Core;
using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>One operation on one row, as a request of its own or inside a batch.</summary>
/// <param name="IfMatch">Null where any or no version will do.</param>
/// <param name="Body">Null for deletes.</param>
internal sealed record TableCall(RequestMethod Method, Uri Uri, string? IfMatch, byte[]? Body)
{
    public static TableCall Of(TableAddresses addresses, RecordBatch batch, RecordOperation operation, string writeId)
    {
        var row = addresses.Row(batch.Table, batch.Partition, operation.Row);
        byte[] Body() => TableRow.Write(batch.Partition, operation.Row, operation.Data.Span, writeId);
        return operation.Kind switch
        {
            RecordOperationKind.Insert => new(RequestMethod.Post, addresses.Table(batch.Table), null, Body()),
            RecordOperationKind.Replace => new(RequestMethod.Put, row, operation.ETag, Body()),
            RecordOperationKind.Upsert => new(RequestMethod.Put, row, null, Body()),
            _ => new(RequestMethod.Delete, row, operation.ETag ?? "*", null),
        };
    }

    /// <summary>The headers that matter to the operation, alike in both forms.</summary>
    public IEnumerable<(string Name, string Value)> Headers()
    {
        yield return ("Accept", TableClient.Accept);
        yield return ("DataServiceVersion", "3.0");
        if (IfMatch is not null)
        {
            yield return ("If-Match", IfMatch);
        }

        if (Body is not null)
        {
            yield return ("Content-Type", "application/json");
            yield return ("Prefer", "return-no-content");
        }
    }
}
