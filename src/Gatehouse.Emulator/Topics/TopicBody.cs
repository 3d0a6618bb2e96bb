using System.Text;
using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Topics;

/// <summary>Reads what is published. Source: Event Grid, "Post events to a custom topic"; CloudEvents 1.0, JSON format.</summary>
internal static class TopicBody
{
    private const string Single = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    private static readonly string[] CloudAttributes = ["id", "source", "type", "specversion"];
    private static readonly string[] GridMembers = ["id", "eventType", "subject", "eventTime", "dataVersion"];

    /// <param name="contentType">Without parameters.</param>
    public static Result<IReadOnlyList<TopicEvent>> Read(byte[] body, string contentType, EmulatedTopic topic, DateTimeOffset now)
    {
        var cloud = topic.Schema == EventSchema.CloudEventSchemaV1_0;
        if (cloud ? contentType is not (Single or Batch) : contentType != "application/json")
        {
            return Bad($"The content type '{contentType}' is not one of a topic with the input schema {topic.Schema}; send {(cloud ? $"{Batch} or {Single}" : "application/json")}.");
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement.Clone();
            var isArray = root.ValueKind == JsonValueKind.Array;
            return isArray != (contentType != Single)
                ? Bad($"The content type is '{contentType}', but the body is {(isArray ? "an array" : "no array")}.")
                : ReadAll(isArray ? [.. root.EnumerateArray()] : [root], cloud ? CloudAttributes : GridMembers, topic, now);
        }
        catch (JsonException exception)
        {
            return Bad($"The body is not JSON: {exception.Message}");
        }
    }

    private static Result<IReadOnlyList<TopicEvent>> ReadAll(IReadOnlyList<JsonElement> elements, string[] required, EmulatedTopic topic, DateTimeOffset now)
    {
        var events = new List<TopicEvent>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            var element = elements[i];
            var missing = element.ValueKind == JsonValueKind.Object ? required.FirstOrDefault(name => Text(element, name) is not { Length: > 0 }) : "everything";
            if (missing is not null || (Text(element, "specversion") is { } version && version != "1.0"))
            {
                return Bad($"Event {i} of {elements.Count} is not one: {missing ?? "specversion 1.0"} is missing or empty.");
            }

            if (Encoding.UTF8.GetByteCount(element.GetRawText()) > topic.Faults.MaxEventBytes)
            {
                return TooLarge($"Event {i} of {elements.Count} exceeds {topic.Faults.MaxEventBytes} bytes.");
            }

            events.Add(new TopicEvent(Text(element, "id")!, now, Text(element, required == CloudAttributes ? "type" : "eventType")!, topic, element));
        }

        return events.Count == 0 ? Bad("There is no event in the body.") : events;
    }

    public static Error TooLarge(string message) => new(ErrorKind.TooLarge, "RequestEntityTooLarge", message);

    private static Error Bad(string message) => new(ErrorKind.Invalid, "BadRequest", message);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
