using System.Text;
using System.Text.Json;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Events;

/// <summary>
/// An event that could not be read, on the poison queue: <c>{"kept":{"code","reason","by","at"},"event":…}</c>, raw.
/// Put back on the queue <c>gatehouse-events</c> as it is, it is read once more.
/// </summary>
internal static class KeptEvent
{
    private const string About = "kept";
    private const string Raw = "event";

    /// <summary>Refused when it does not fit into a message.</summary>
    public static Result<string> Write(JsonElement raw, Error why, string by, DateTimeOffset at)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(About);
            writer.WriteString("code", why.Code);
            writer.WriteString("reason", why.Message);
            writer.WriteString("by", by);
            writer.WriteString("at", at);
            writer.WriteEndObject();
            writer.WritePropertyName(Raw);
            raw.WriteTo(writer);
            writer.WriteEndObject();
        }

        return buffer.Length <= QueueLimits.MaxTextBytes
            ? Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length))
            : new Error(ErrorKind.TooLarge, "event-too-large-to-keep", $"An event that cannot be read ({why.Code}) does not fit into a message of {QueueLimits.MaxTextBytes} bytes, so it is left to the sender.");
    }

    /// <summary>The event inside; anything else is itself.</summary>
    public static JsonElement Unwrap(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(About, out var about) && about.ValueKind == JsonValueKind.Object && value.TryGetProperty(Raw, out var raw)
            ? raw
            : value;
}
