using System.Text.Json;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Events;

/// <summary>An event in either of Event Grid's schemas.</summary>
/// <param name="Source"><c>topic</c> or <c>source</c>: the ARM id of what it is about.</param>
/// <param name="Data">Undefined when the event carries none.</param>
internal sealed record GridEvent(string Id, string Type, string Source, JsonElement Data)
{
    /// <summary>Empty when it has none; a push's is <c>repository:tag</c>.</summary>
    public string Subject { get; init; } = string.Empty;

    private static Error Malformed { get; } = new(
        ErrorKind.Invalid, "event-malformed", "The value is not an event: an object with id, and eventType or (in CloudEvents, with specversion) type.", "event");

    /// <summary>What came, one by one: an array's elements, or the value itself.</summary>
    public static IEnumerable<JsonElement> Split(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];

    /// <summary>EventGridSchema or CloudEvents 1.0.</summary>
    public static Result<GridEvent> Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Malformed;
        }

        var type = element.Text("specversion") is null ? element.Text("eventType") : element.Text("type");
        var source = element.Text("topic") ?? element.Text("source") ?? string.Empty;
        return element.Text("id") is { Length: > 0 and <= 512 } id && type is { Length: > 0 }
            ? new GridEvent(id, type, source, element.TryGetProperty("data", out var data) ? data : default) { Subject = element.Text("subject") ?? string.Empty }
            : Malformed;
    }
}
