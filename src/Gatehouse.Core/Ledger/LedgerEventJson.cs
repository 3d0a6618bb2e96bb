using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Core.Ledger;

/// <summary>The one encoding of events: properties in the order of the record, details sorted by key, time in UTC. These bytes are what is hashed.</summary>
public static class LedgerEventJson
{
    public static byte[] Serialize(LedgerEvent ledgerEvent) => JsonSerializer.SerializeToUtf8Bytes(
        ledgerEvent with
        {
            At = ledgerEvent.At.ToUniversalTime(),
            Details = new SortedDictionary<string, string>(ledgerEvent.Details.ToDictionary(), StringComparer.Ordinal),
        },
        LedgerEventJsonContext.Default.LedgerEvent);

    /// <exception cref="JsonException">The bytes are not an event.</exception>
    public static LedgerEvent Parse(ReadOnlySpan<byte> data) =>
        JsonSerializer.Deserialize(data, LedgerEventJsonContext.Default.LedgerEvent) ?? throw new JsonException("A ledger event is a JSON object, not null.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LedgerEvent))]
internal sealed partial class LedgerEventJsonContext : JsonSerializerContext;
