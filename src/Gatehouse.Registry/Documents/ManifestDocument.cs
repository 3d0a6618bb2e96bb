using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;

namespace Gatehouse.Registry.Documents;

/// <summary>A manifest or an index, read. Source: OCI image-spec manifest.md and image-index.md; Docker's types differ in media type only.</summary>
/// <param name="Config">Null for an index.</param>
/// <param name="Manifests">An index's entries; empty for a manifest.</param>
public sealed record ManifestDocument(
    string MediaType,
    string? ArtifactType,
    Descriptor? Config,
    IReadOnlyList<Descriptor> Layers,
    IReadOnlyList<Descriptor> Manifests,
    Descriptor? Subject,
    IReadOnlyDictionary<string, string>? Annotations)
{
    /// <summary>Layers or entries in one document.</summary>
    public const int MaxEntries = 2_000;

    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>Everything the document points down to: an index's entries, or a manifest's configuration and layers.</summary>
    public IEnumerable<Descriptor> Children => IsIndex ? Manifests : Config is null ? Layers : Layers.Prepend(Config);

    /// <param name="mediaType">What the document was served as; null takes its own word.</param>
    /// <returns>Refused with <c>manifest-malformed</c>, or <c>manifest-unsupported</c> for other types and Docker's schema 1.</returns>
    public static Result<ManifestDocument> Parse(string? mediaType, ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonFields.Parse(content);
            return Read(mediaType, document.RootElement);
        }
        catch (FormatException e)
        {
            return Malformed(e.Message);
        }
    }

    private static Result<ManifestDocument> Read(string? servedAs, JsonElement root)
    {
        var own = JsonFields.Text(root, "mediaType");
        if (own is not null && servedAs is not null && own != servedAs)
        {
            return Malformed($"it says its mediaType is '{own}' but is served as '{servedAs}'");
        }

        var type = servedAs ?? own;
        if (!MediaTypes.IsIndex(type) && !MediaTypes.IsManifest(type))
        {
            return new Error(ErrorKind.Invalid, "manifest-unsupported", $"The manifest's media type is '{type ?? "missing"}'.", "mediaType") { Allowed = MediaTypes.AcceptedManifests };
        }

        if (JsonFields.Field(root, "schemaVersion") is not { ValueKind: JsonValueKind.Number } version || !version.TryGetInt32(out var number) || number != 2)
        {
            return Malformed("its schemaVersion is not 2");
        }

        // CVE-2021-41190: one document that different readers take for an image and for an index.
        var index = MediaTypes.IsIndex(type);
        var foreign = index ? new[] { "config", "layers", "fsLayers" } : ["manifests", "fsLayers"];
        if (Array.Find(foreign, name => JsonFields.Field(root, name) is not null) is { } found)
        {
            return Malformed($"it is {type} yet has '{found}'");
        }

        var document = new ManifestDocument(
            type!,
            JsonFields.Text(root, "artifactType"),
            index ? null : DescriptorJson.Field(root, "config") ?? throw new FormatException("'config' is missing"),
            index ? [] : DescriptorJson.List(root, "layers"),
            index ? DescriptorJson.List(root, "manifests") : [],
            DescriptorJson.Field(root, "subject"),
            JsonFields.Map(root, "annotations"));
        return document.Layers.Count > MaxEntries || document.Manifests.Count > MaxEntries
            ? Malformed($"it has more than {MaxEntries} entries")
            : document;
    }

    private static Error Malformed(string why) => new(ErrorKind.Invalid, "manifest-malformed", $"The manifest cannot be read: {why}.");
}
