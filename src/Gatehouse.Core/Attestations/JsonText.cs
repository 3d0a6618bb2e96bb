using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Core.Attestations;

/// <summary>Writes the documents, in the order given.</summary>
internal static class JsonText
{
    /// <summary>'+' of media types stays '+', as other tools write it.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Object(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static void WriteObject(this Utf8JsonWriter writer, string name, Action members)
    {
        writer.WriteStartObject(name);
        members();
        writer.WriteEndObject();
    }

    public static void WriteArray<T>(this Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> members)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            members(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
