using System.Globalization;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Events;

/// <summary>One event of a registry. Source: Event Grid, Microsoft.ContainerRegistry 2018-01-01.</summary>
/// <param name="Location">The replica it happened at; a push happens at each as it arrives there.</param>
/// <param name="Tag">Null for a deletion.</param>
internal sealed record RegistryEvent(string Id, string Source, DateTimeOffset At, string Location, string Repository, string? Tag, Digest Digest, ManifestInfo Manifest, RequestOrigin Request)
    : EmulatedEvent(Id, At)
{
    public string Type => Tag is null ? "Microsoft.ContainerRegistry.ImageDeleted" : "Microsoft.ContainerRegistry.ImagePushed";

    private string Subject => Tag is null ? Repository : $"{Repository}:{Tag}";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    protected override void Write(Utf8JsonWriter writer, EventSchema schema)
    {
        if (schema == EventSchema.EventGridSchema)
        {
            WriteGrid(writer);
        }
        else
        {
            WriteCloud(writer);
        }
    }

    private void WriteGrid(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteString("topic", Source);
        writer.WriteString("subject", Subject);
        writer.WriteString("eventType", Type);
        writer.WriteString("eventTime", Time(At));
        writer.WriteString("dataVersion", "2.0");
        writer.WriteString("metadataVersion", "1");
        writer.WritePropertyName("data");
        WriteData(writer);
        writer.WriteEndObject();
    }

    private void WriteCloud(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteString("source", Source);
        writer.WriteString("subject", Subject);
        writer.WriteString("type", Type);
        writer.WriteString("time", Time(At));
        writer.WriteString("specversion", "1.0");
        writer.WritePropertyName("data");
        WriteData(writer);
        writer.WriteEndObject();
    }

    private void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteString("timestamp", Time(At));
        writer.WriteString("action", Tag is null ? "delete" : "push");
        writer.WriteString("location", Location);
        writer.WriteStartObject("target");
        writer.WriteString("mediaType", Manifest.MediaType);
        if (Tag is not null)
        {
            writer.WriteNumber("size", Manifest.Size);
        }

        writer.WriteString("digest", Digest.ToString());
        if (Tag is not null)
        {
            writer.WriteNumber("length", Manifest.Size);
        }

        writer.WriteString("repository", Repository);
        if (Tag is not null)
        {
            writer.WriteString("tag", Tag);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("request");
        writer.WriteString("id", Request.Id);
        writer.WriteString("host", Request.Host);
        writer.WriteString("method", Request.Method);
        writer.WriteString("useragent", Request.UserAgent);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
