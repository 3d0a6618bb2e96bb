using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>A record as an entity: its data in binary properties <c>d0</c>, <c>d1</c> …, and which write put it there in <c>w</c>.</summary>
/// <param name="WriteId">Null when another program wrote it.</param>
internal sealed record TableRow(Record Record, string? WriteId)
{
    /// <summary>Source: Table storage limits, 64 KiB a property.</summary>
    private const int MaxProperty = 64 * 1024;

    private const int MaxProperties = RecordLimits.MaxDataBytes / MaxProperty;
    private const string Marker = "w";

    // Azurite wants a body on one line; the key's characters need no HTML escapes.
    private static readonly JsonWriterOptions OneLine = new() { Indented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(string partition, string row, ReadOnlySpan<byte> data, string writeId)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            json.WriteStartObject();
            json.WriteString("PartitionKey", partition);
            json.WriteString("RowKey", row);
            json.WriteString(Marker, writeId);
            for (var i = 0; data.Length > 0; i++)
            {
                var length = Math.Min(data.Length, MaxProperty);
                json.WriteString($"d{i}@odata.type", "Edm.Binary");
                json.WriteBase64String($"d{i}", data[..length]);
                data = data[length..];
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <exception cref="RecordStoreException">The entity is none of ours.</exception>
    public static TableRow Read(string table, JsonElement entity)
    {
        try
        {
            var key = new RecordKey(table, Text(entity, "PartitionKey"), Text(entity, "RowKey"));
            var etag = Text(entity, "odata.etag");
            var writeId = entity.TryGetProperty(Marker, out var marker) ? marker.GetString() : null;
            return new TableRow(new Record(key, etag, Data(entity)), writeId);
        }
        catch (Exception unreadable) when (unreadable is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RecordStoreException($"Table '{table}' holds an entity that is no record: {unreadable.Message}", unreadable);
        }
    }

    private static string Text(JsonElement entity, string name) => entity.GetProperty(name).GetString() ?? throw new FormatException($"its {name} is null");

    private static byte[] Data(JsonElement entity)
    {
        if (!entity.TryGetProperty("d0", out var first))
        {
            return [];
        }

        var data = first.GetBytesFromBase64();
        if (data.Length < MaxProperty)
        {
            return data;
        }

        using var all = new MemoryStream();
        all.Write(data);
        for (var i = 1; i < MaxProperties && entity.TryGetProperty($"d{i}", out var next); i++)
        {
            all.Write(next.GetBytesFromBase64());
        }

        return all.ToArray();
    }
}
