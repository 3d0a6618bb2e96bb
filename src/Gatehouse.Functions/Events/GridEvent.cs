using System.Text.Json;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Events;

/// <summary>An event in either of Event Grid's schemas.</summary>
/// <param name="Source"><c>topic</c> or <c>source</c>: the ARM id of what it is about.</param>
internal sealed record GridEvent(string Id, string Type, string Source, JsonElement Data)
{
    /// <summary>One event, or an array of them; EventGridSchema or CloudEvents 1.0.</summary>
    public static Result<IReadOnlyList<GridEvent>> ReadAll(JsonElement value)
    {
        var elements = value.ValueKind switch
        {
            JsonValueKind.Object => [value],
            JsonValueKind.Array => value.EnumerateArray().ToArray(),
            _ => [],
        };
        var events = new List<GridEvent>(elements.Length);
        foreach (var element in elements)
        {
            if (Read(element) is not { } one)
            {
                return Malformed;
            }

            events.Add(one);
        }

        return events.Count == 0 ? Malformed : events;
    }

    private static Error Malformed { get; } = new(
        ErrorKind.Invalid, "event-malformed", "The value is not an event: an object or array of objects with id, eventType or type, and data.", "event");

    private static GridEvent? Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var type = element.Text("specversion") is null ? element.Text("eventType") : element.Text("type");
        var source = element.Text("topic") ?? element.Text("source") ?? string.Empty;
        return element.Text("id") is { Length: > 0 and <= 512 } id && type is { Length: > 0 }
            ? new GridEvent(id, type, source, element.TryGetProperty("data", out var data) ? data : default)
            : null;
    }
}
