using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Events;

/// <param name="Next">Index of the first ledger entry that is not published.</param>
/// <param name="ETag">Of its row; whoever advances it first wins.</param>
internal sealed record EventCursor(long Next, string ETag);

/// <summary>The one row that says how far the ledger has been published.</summary>
internal sealed class EventCursorStore(IRecordStore records)
{
    public const string Table = "events";
    public const string Partition = "outbox";
    public const string Row = "cursor";

    /// <summary>The cursor, made at <paramref name="start"/> when there is none.</summary>
    public async Task<EventCursor> OpenAsync(long start, CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } known)
        {
            return known;
        }

        var made = await records.CommitAsync(new RecordBatch(Table, Partition).Insert(Row, Write(start)), cancellationToken);
        return made.IsCommitted
            ? new EventCursor(start, made.ETags[0]!)
            : await ReadAsync(cancellationToken) ?? throw new RecordStoreException($"The cursor {Table}({Partition},{Row}) is there and is not.");
    }

    /// <summary>The cursor moved on; null when another publisher moved it first.</summary>
    public async Task<EventCursor?> AdvanceAsync(EventCursor cursor, long next, CancellationToken cancellationToken)
    {
        var moved = await records.CommitAsync(new RecordBatch(Table, Partition).Replace(Row, Write(next), cursor.ETag), cancellationToken);
        return moved.IsCommitted ? new EventCursor(next, moved.ETags[0]!) : null;
    }

    private async Task<EventCursor?> ReadAsync(CancellationToken cancellationToken) =>
        await records.GetAsync(new RecordKey(Table, Partition, Row), cancellationToken) is { } record
            ? new EventCursor(JsonSerializer.Deserialize(record.Data.Span, EventJson.Default.EventCursorRow)!.Next, record.ETag)
            : null;

    private static byte[] Write(long next) => JsonSerializer.SerializeToUtf8Bytes(new EventCursorRow(next), EventJson.Default.EventCursorRow);
}

internal sealed record EventCursorRow(long Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EventCursorRow))]
[JsonSerializable(typeof(RefusedEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
