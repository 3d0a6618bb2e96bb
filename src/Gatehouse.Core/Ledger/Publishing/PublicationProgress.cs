using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger.Publishing;

/// <summary>How far checkpoints are published.</summary>
/// <param name="Size">Of the newest that is; 0 before the first.</param>
/// <param name="ForkedAt">Where another checkpoint of the next size was found; null when none was.</param>
internal sealed record PublicationProgress(long Size, string? ForkedAt = null)
{
    /// <summary>With the row's ETag; null when it is not there.</summary>
    public static async Task<(PublicationProgress Progress, string? ETag)> ReadAsync(IRecordStore store, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(LedgerKeys.Published, cancellationToken) is not { } record)
        {
            return (new PublicationProgress(0), null);
        }

        try
        {
            return (JsonSerializer.Deserialize(record.Data.Span, PublicationJsonContext.Default.PublicationProgress)!, record.ETag);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The ledger's row {LedgerKeys.Published} is not readable.", exception);
        }
    }

    /// <summary>When another instance was first, its progress stands: what is published twice is the same.</summary>
    public async Task WriteAsync(IRecordStore store, string? etag, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(this, PublicationJsonContext.Default.PublicationProgress);
        var batch = new RecordBatch(LedgerKeys.Table, LedgerKeys.HeadPartition);
        await store.CommitAsync(etag is null ? batch.Insert(LedgerKeys.PublishedRow, data) : batch.Replace(LedgerKeys.PublishedRow, data, etag), cancellationToken);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PublicationProgress))]
internal sealed partial class PublicationJsonContext : JsonSerializerContext;
