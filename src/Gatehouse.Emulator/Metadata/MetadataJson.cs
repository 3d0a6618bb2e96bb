using System.Globalization;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Metadata;

/// <summary>The objects of <c>/acr/v1</c> as ACR writes them. They are written under the registry's lock, straight from its content.</summary>
internal static class MetadataJson
{
    public static void Head(Utf8JsonWriter writer, string registry, string repository)
    {
        writer.WriteString("registry", registry);
        writer.WriteString("imageName", repository);
    }

    public static void Repository(Utf8JsonWriter writer, RepositoryContent repository)
    {
        Times(writer, repository);
        writer.WriteNumber("manifestCount", repository.ManifestCount);
        writer.WriteNumber("tagCount", repository.TagCount);
        Attributes(writer, repository.Attributes);
    }

    public static void Tag(Utf8JsonWriter writer, TagEntry tag)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tag.Name);
        writer.WriteString("digest", tag.Digest.ToString());
        Times(writer, tag);
        writer.WriteBoolean("signed", false);
        Attributes(writer, tag.Attributes);
        writer.WriteEndObject();
    }

    /// <param name="tags">Of this manifest.</param>
    public static void Manifest(Utf8JsonWriter writer, ManifestEntry manifest, IEnumerable<string> tags)
    {
        var info = manifest.Info;
        writer.WriteStartObject();
        writer.WriteString("digest", manifest.Digest.ToString());
        writer.WriteNumber("imageSize", info.ImageSize);
        Times(writer, manifest);
        if (info.Architecture is not null)
        {
            writer.WriteString("architecture", info.Architecture);
        }

        if (info.Os is not null)
        {
            writer.WriteString("os", info.Os);
        }

        writer.WriteString("mediaType", info.MediaType);
        if (info.ConfigMediaType is not null)
        {
            writer.WriteString("configMediaType", info.ConfigMediaType);
        }

        writer.WriteStartArray("tags");
        foreach (var tag in tags)
        {
            writer.WriteStringValue(tag);
        }

        writer.WriteEndArray();
        if (MediaTypes.IsIndex(info.MediaType))
        {
            References(writer, info.Children);
        }

        Attributes(writer, manifest.Attributes);
        writer.WriteEndObject();
    }

    private static void References(Utf8JsonWriter writer, IReadOnlyList<ManifestChild> children)
    {
        writer.WriteStartArray("references");
        foreach (var child in children)
        {
            writer.WriteStartObject();
            writer.WriteString("digest", child.Digest.ToString());
            writer.WriteString("architecture", child.Architecture);
            writer.WriteString("os", child.Os);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Times(Utf8JsonWriter writer, Entry entry)
    {
        writer.WriteString("createdTime", Time(entry.Created));
        writer.WriteString("lastUpdateTime", Time(entry.Updated));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static void Attributes(Utf8JsonWriter writer, Attributes attributes)
    {
        writer.WriteStartObject("changeableAttributes");
        writer.WriteBoolean("deleteEnabled", attributes.DeleteEnabled);
        writer.WriteBoolean("writeEnabled", attributes.WriteEnabled);
        writer.WriteBoolean("readEnabled", attributes.ReadEnabled);
        writer.WriteBoolean("listEnabled", attributes.ListEnabled);
        if (attributes.QuarantineState is { } state)
        {
            writer.WriteString("quarantineState", state);
            writer.WriteString("quarantineDetails", attributes.QuarantineDetails);
        }

        writer.WriteEndObject();
    }
}
