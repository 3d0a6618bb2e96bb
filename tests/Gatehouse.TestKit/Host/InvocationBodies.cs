using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.TestKit.Host;

/// <summary>Bodies exactly as the Functions host writes them. Source: observed on azure-functions-host 4.1037; strings are encoded twice.</summary>
public static class InvocationBodies
{
    private static readonly JsonSerializerOptions LikeNewtonsoft = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A timer that is not monitored.</summary>
    public static string Timer(string function) =>
        $$$$"""{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"{{{{function}}}}","UtcNow":"2026-11-21T03:12:10.0022101Z","RandGuid":"7a6e7e76-4e89-4e68-b660-066862a7ad18"}}}""";

    /// <summary>A monitored timer that missed its slot.</summary>
    public static string PastDueTimer(string function) =>
        $$$$"""{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-11-21T03:18:00.0000699+00:00","Next":"2026-11-21T03:19:00+00:00","LastUpdated":"2026-11-21T03:18:00.0000699+00:00"},"IsPastDue":true}},"Metadata":{"sys":{"MethodName":"{{{{function}}}}","UtcNow":"2026-11-21T03:12:10.0022101Z","RandGuid":"7a6e7e76-4e89-4e68-b660-066862a7ad18"}}}""";

    /// <summary>A queue message; the top-level members of a JSON object are merged into the metadata, as the host does.</summary>
    /// <param name="text">As it stands on the queue: with <c>messageEncoding: none</c> the host decodes nothing.</param>
    public static string Queue(string function, string text, int dequeueCount = 1, string id = "ce63bedd-57b8-4f25-9b51-7230c7ce7534")
    {
        var metadata = new JsonObject
        {
            ["DequeueCount"] = dequeueCount.ToString(),
            ["ExpirationTime"] = "2026-11-28T03:16:53+00:00",
            ["Id"] = Encode(id),
            ["InsertionTime"] = "2026-11-21T03:16:53+00:00",
            ["NextVisibleTime"] = "2026-11-21T03:26:53+00:00",
            ["PopReceipt"] = Encode("MjFOb3YyMDI2"),
        };
        foreach (var (name, value) in Members(text))
        {
            metadata[name] = Encode(value);
        }

        metadata["sys"] = Sys(function);
        return Write(new JsonObject { ["msg"] = Encode(text) }, metadata);
    }

    /// <summary>A text as our own queue client and Event Grid write it to storage.</summary>
    public static string Stored(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <param name="json">The event, or an array of events.</param>
    /// <param name="asText">Whether the host hands it over as a string that holds JSON.</param>
    public static string EventGrid(string function, string json, bool asText) =>
        Write(new JsonObject { ["event"] = asText ? json : JsonNode.Parse(json) }, new JsonObject { ["sys"] = Sys(function) });

    private static string Encode(string text) => JsonSerializer.Serialize(text, LikeNewtonsoft);

    private static string Write(JsonObject data, JsonObject metadata) =>
        new JsonObject { ["Data"] = data, ["Metadata"] = metadata }.ToJsonString(LikeNewtonsoft);

    private static JsonObject Sys(string function) => new()
    {
        ["MethodName"] = function,
        ["UtcNow"] = "2026-11-21T03:16:53.0022101Z",
        ["RandGuid"] = "7a6e7e76-4e89-4e68-b660-066862a7ad18",
    };

    private static IEnumerable<(string Name, string Value)> Members(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject members
                ? [.. members.Select(member => (member.Key, member.Value is JsonValue value && value.TryGetValue<string>(out var plain) ? plain : member.Value?.ToJsonString() ?? "null"))]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
