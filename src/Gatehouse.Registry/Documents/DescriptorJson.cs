using System.Text.Json;
using Gatehouse.Core.Images;

namespace Gatehouse.Registry.Documents;

/// <summary>Descriptors in JSON. Source: OCI image-spec descriptor.md, image-index.md (platform).</summary>
internal static class DescriptorJson
{
    public static Descriptor? Field(JsonElement owner, string name) => JsonFields.Field(owner, name) is { } value
        ? value.ValueKind == JsonValueKind.Object ? Read(value) : throw new FormatException($"'{name}' is not an object")
        : null;

    public static IReadOnlyList<Descriptor> List(JsonElement owner, string name) => [.. JsonFields.Objects(owner, name).Select(Read)];

    public static void Write(Utf8JsonWriter writer, Descriptor descriptor)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", descriptor.MediaType);
        writer.WriteString("digest", descriptor.Digest.ToString());
        writer.WriteNumber("size", descriptor.Size);
        if (descriptor.Platform is { } platform)
        {
            writer.WriteStartObject("platform");
            writer.WriteString("architecture", platform.Architecture);
            writer.WriteString("os", platform.Os);
            if (platform.Variant is not null)
            {
                writer.WriteString("variant", platform.Variant);
            }

            writer.WriteEndObject();
        }

        if (descriptor.ArtifactType is not null)
        {
            writer.WriteString("artifactType", descriptor.ArtifactType);
        }

        WriteMap(writer, "annotations", descriptor.Annotations);
        writer.WriteEndObject();
    }

    public static void WriteMap(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string>? map)
    {
        if (map is not { Count: > 0 })
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, value) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static Descriptor Read(JsonElement element)
    {
        var digestText = JsonFields.Text(element, "digest");
        if (!Digest.TryParse(digestText, out var digest))
        {
            throw new FormatException($"'{digestText}' is not a digest");
        }

        if (JsonFields.Field(element, "size") is not { ValueKind: JsonValueKind.Number } sizeField || !sizeField.TryGetInt64(out var size) || size < 0)
        {
            throw new FormatException($"the size of {digest.Short} is not a whole number from 0");
        }

        return new Descriptor(JsonFields.Text(element, "mediaType") ?? throw new FormatException($"the mediaType of {digest.Short} is missing"), digest, size)
        {
            Platform = JsonFields.Field(element, "platform") is { ValueKind: JsonValueKind.Object } platform ? PlatformOf(platform) : null,
            ArtifactType = JsonFields.Text(element, "artifactType"),
            Annotations = JsonFields.Map(element, "annotations"),
        };
    }

    /// <summary>Null unless operating system and architecture are both given.</summary>
    internal static Platform? PlatformOf(JsonElement owner)
    {
        var (os, architecture, variant) = (JsonFields.Text(owner, "os"), JsonFields.Text(owner, "architecture"), JsonFields.Text(owner, "variant"));
        if (string.IsNullOrEmpty(os) || string.IsNullOrEmpty(architecture))
        {
            return null;
        }

        // Platforms are stored as text, so one that cannot be read back must not get in.
        var text = new Platform(os, architecture, string.IsNullOrEmpty(variant) ? null : variant).ToString();
        return Platform.Parse(text).TryGet(out var platform, out var error) ? platform : throw new FormatException(error.Message);
    }
}
