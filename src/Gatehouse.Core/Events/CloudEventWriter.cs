using System.Buffers;
using System.Text.Json;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Events;

/// <summary>Writes ledger entries as CloudEvents 1.0 (structured JSON). The same entry always gives the same bytes.</summary>
/// <param name="origin">Of the ledger.</param>
internal sealed class CloudEventWriter(string source, string origin)
{
    /// <summary>Where the entry was sealed; a string, because CloudEvents' integers end at 2^31. Attribute names may only hold a-z and 0-9.</summary>
    private const string IndexAttribute = "ledgerindex";

    private const string OriginAttribute = "ledgerorigin";

    /// <exception cref="JsonException">The entry is no ledger event.</exception>
    public IReadOnlyList<GovernanceEvent> Write(LedgerEntry entry)
    {
        var ledgerEvent = LedgerEventJson.Parse(entry.Data.Span);
        return [.. GovernanceEventTypes.Of(ledgerEvent).Select((type, number) => Write(entry.Index, ledgerEvent, type, number))];
    }

    private GovernanceEvent Write(long index, LedgerEvent ledgerEvent, string type, int number)
    {
        // The second event of one entry is another event: source and id together must be unique.
        var id = number == 0 ? ledgerEvent.Id : $"{ledgerEvent.Id}~{type}";
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("id", id);
            writer.WriteString("source", source);
            writer.WriteString("type", type);
            writer.WriteString("subject", ledgerEvent.Subject);
            writer.WriteString("time", ledgerEvent.At.UtcDateTime);
            writer.WriteString("datacontenttype", "application/json");
            writer.WriteString(IndexAttribute, index.ToString("0"));
            writer.WriteString(OriginAttribute, origin);
            writer.WritePropertyName("data");
            WriteData(writer, ledgerEvent);
            writer.WriteEndObject();
        }

        return new GovernanceEvent(id, type, index, buffer.WrittenMemory);
    }

    private static void WriteData(Utf8JsonWriter writer, LedgerEvent ledgerEvent)
    {
        writer.WriteStartObject();
        writer.WriteString("type", ledgerEvent.Type);
        writer.WriteString("actor", ledgerEvent.Actor);
        if (ledgerEvent.Scope is { } scope)
        {
            writer.WriteString("scope", scope.ToString());
        }

        writer.WriteStartObject("details");
        foreach (var (name, value) in ledgerEvent.Details)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
