using System.Text.Json;
using Gatehouse.Core.Images;

namespace Gatehouse.Registry.Documents;

/// <summary>Writes new manifests and indexes. What exists already is never written again: its digest is over its bytes.</summary>
public static class ManifestWriter
{
    /// <summary>The document as given; an index too.</summary>
    public static byte[] Document(ManifestDocument document) => Write(writer =>
    {
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", document.MediaType);
        if (document.ArtifactType is not null)
        {
            writer.WriteString("artifactType", document.ArtifactType);
        }

        if (document.Config is not null)
        {
            writer.WritePropertyName("config");
            DescriptorJson.Write(writer, document.Config);
        }

        WriteList(writer, document.IsIndex ? "manifests" : "layers", document.IsIndex ? document.Manifests : document.Layers);
        if (document.Subject is not null)
        {
            writer.WritePropertyName("subject");
            DescriptorJson.Write(writer, document.Subject);
        }

        DescriptorJson.WriteMap(writer, "annotations", document.Annotations);
    });

    /// <summary>An OCI image manifest.</summary>
    public static byte[] Image(Descriptor config, IReadOnlyList<Descriptor> layers, Descriptor? subject = null, string? artifactType = null, IReadOnlyDictionary<string, string>? annotations = null) =>
        Document(new ManifestDocument(MediaTypes.OciManifest, artifactType, config, layers, [], subject, annotations));

    /// <summary>An OCI image index.</summary>
    public static byte[] Index(IReadOnlyList<Descriptor> manifests) =>
        Document(new ManifestDocument(MediaTypes.OciIndex, null, null, [], manifests, null, null));

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<Descriptor> descriptors)
    {
        writer.WriteStartArray(name);
        foreach (var descriptor in descriptors)
        {
            DescriptorJson.Write(writer, descriptor);
        }

        writer.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
