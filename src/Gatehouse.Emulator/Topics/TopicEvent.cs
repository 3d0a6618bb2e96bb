using System.Text.Json;
using Gatehouse.Emulator.Events;
using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Topics;

/// <summary>One event somebody published.</summary>
/// <param name="Json">As it came.</param>
internal sealed record TopicEvent(string Id, DateTimeOffset At, string Type, EmulatedTopic Topic, JsonElement Json) : EmulatedEvent(Id, At)
{
    public ReceivedEvent ToReceived() => new(Id, Type, Text("source") ?? string.Empty, Text("subject"), At, Json.GetRawText());

    /// <summary>CloudEvents pass as they are; to the others Event Grid adds the topic and its version of the envelope.</summary>
    protected override void Write(Utf8JsonWriter writer, EventSchema schema)
    {
        if (schema == EventSchema.CloudEventSchemaV1_0)
        {
            Json.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in Json.EnumerateObject().Where(member => member.Name is not ("topic" or "metadataVersion")))
        {
            member.WriteTo(writer);
        }

        writer.WriteString("topic", Topic.ResourceId);
        writer.WriteString("metadataVersion", "1");
        writer.WriteEndObject();
    }

    private string? Text(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
