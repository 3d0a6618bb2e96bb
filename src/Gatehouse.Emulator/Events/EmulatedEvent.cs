using System.Text.Json;
using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Events;

/// <summary>Something Event Grid delivers.</summary>
internal abstract record EmulatedEvent(string Id, DateTimeOffset At)
{
    /// <summary>One object: what a storage queue gets.</summary>
    public byte[] ToObject(EventSchema schema)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            Write(writer, schema);
        }

        return body.ToArray();
    }

    /// <summary>The body of one web hook delivery: an array of one, or one cloud event.</summary>
    public byte[] ToBody(EventSchema schema) =>
        schema == EventSchema.EventGridSchema ? [(byte)'[', .. ToObject(schema), (byte)']'] : ToObject(schema);

    protected abstract void Write(Utf8JsonWriter writer, EventSchema schema);
}
