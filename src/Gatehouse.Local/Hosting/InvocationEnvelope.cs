using System.Globalization;
using System.Text.Json;
using Gatehouse.Core.Time;

namespace Gatehouse.Local.Hosting;

/// <summary>Writes the bodies with which the Functions host calls a custom handler. Source: azure-functions-host, ScriptInvocationContextExtensions.</summary>
internal sealed class InvocationEnvelope(TimeProvider clock, IdSource ids)
{
    public byte[] Timer(string function) => Write(
        function,
        data =>
        {
            data.WriteStartObject("timer");
            data.WriteStartObject("Schedule");
            data.WriteBoolean("AdjustForDST", true);
            data.WriteEndObject();
            data.WriteNull("ScheduleStatus");
            data.WriteBoolean("IsPastDue", false);
            data.WriteEndObject();
        },
        _ => { });

    /// <summary>The host writes every string as JSON inside a string; so the message text is encoded twice.</summary>
    public byte[] Queue(string function, string id, string text, int dequeueCount, DateTimeOffset insertedAt) => Write(
        function,
        data => data.WriteString("msg", JsonText(text)),
        metadata =>
        {
            metadata.WriteString("DequeueCount", dequeueCount.ToString(CultureInfo.InvariantCulture));
            metadata.WriteString("Id", JsonText(id));
            metadata.WriteString("InsertionTime", insertedAt.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
        });

    public byte[] EventGrid(string function, JsonElement entry) => Write(
        function,
        data =>
        {
            data.WritePropertyName("event");
            entry.WriteTo(data);
        },
        _ => { });

    private byte[] Write(string function, Action<Utf8JsonWriter> data, Action<Utf8JsonWriter> metadata)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("Data");
            data(writer);
            writer.WriteEndObject();
            writer.WriteStartObject("Metadata");
            metadata(writer);
            writer.WriteStartObject("sys");
            writer.WriteString("MethodName", function);
            writer.WriteString("UtcNow", clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
            writer.WriteString("RandGuid", ids.Next());
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string JsonText(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
