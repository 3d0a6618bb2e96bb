using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Distribution;

/// <summary>Reads manifests as they come in. Source: OCI image-spec manifest.md, image-index.md; Docker manifest v2 schema 2.</summary>
internal sealed class ManifestReader(BlobStore blobs)
{
    /// <summary>Bytes. Source: distribution reference limit.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    /// <summary>Configurations longer than this are not read for their platform.</summary>
    private const int MaxConfigSize = 4 * 1024 * 1024;

    /// <summary>What the manifest says, or why it is none: code <c>MANIFEST_INVALID</c>.</summary>
    public async Task<Result<ManifestInfo>> ReadAsync(ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsIndex(mediaType) && !MediaTypes.IsManifest(mediaType))
        {
            return Invalid($"media type '{mediaType}' is not supported; allowed: {string.Join(", ", MediaTypes.AcceptedManifests)}");
        }

        ManifestInfo info;
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.TryGetProperty("mediaType", out var declared) && declared.GetString() != mediaType)
            {
                return Invalid($"mediaType '{declared.GetString()}' differs from the Content-Type '{mediaType}'");
            }

            if (root.GetProperty("schemaVersion").GetInt32() != 2)
            {
                return Invalid("schemaVersion must be 2");
            }

            info = MediaTypes.IsIndex(mediaType) ? Index(root, mediaType, content.Length) : Image(root, mediaType, content.Length);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Invalid($"manifest invalid: {exception.Message}");
        }

        return info.Blobs.Count > 0 && info.ConfigMediaType is MediaTypes.OciConfig or MediaTypes.DockerConfig
            ? await WithPlatformAsync(info, cancellationToken)
            : info;
    }

    private static ManifestInfo Index(JsonElement root, string mediaType, int size)
    {
        var children = new List<ManifestChild>();
        long imageSize = 0;
        foreach (var child in root.GetProperty("manifests").EnumerateArray())
        {
            var platform = child.TryGetProperty("platform", out var value) ? value : default;
            children.Add(new ManifestChild(DigestOf(child), Text(platform, "architecture"), Text(platform, "os")));
            imageSize += child.GetProperty("size").GetInt64();
        }

        return new ManifestInfo(mediaType, size, imageSize, null, null, null, children, [], Subject(root), Text(root, "artifactType"), Annotations(root));
    }

    private static ManifestInfo Image(JsonElement root, string mediaType, int size)
    {
        var config = root.GetProperty("config");
        var blobs = new List<Digest> { DigestOf(config) };
        var imageSize = config.GetProperty("size").GetInt64();
        foreach (var layer in root.GetProperty("layers").EnumerateArray())
        {
            imageSize += layer.GetProperty("size").GetInt64();
            if (!IsForeign(layer))
            {
                blobs.Add(DigestOf(layer));
            }
        }

        var configType = Text(config, "mediaType");
        return new ManifestInfo(mediaType, size, imageSize, configType, null, null, [], blobs, Subject(root), Text(root, "artifactType") ?? configType, Annotations(root));
    }

    /// <summary>Layers that live elsewhere need not be pushed.</summary>
    private static bool IsForeign(JsonElement layer) =>
        Text(layer, "mediaType") is { } type
        && (type.Contains("nondistributable", StringComparison.Ordinal) || type.Contains(".foreign.", StringComparison.Ordinal))
        && layer.TryGetProperty("urls", out _);

    private static Digest DigestOf(JsonElement descriptor) =>
        Digest.Parse(descriptor.GetProperty("digest").GetString()).TryGet(out var digest, out var error) ? digest : throw new FormatException(error.Message);

    private static Digest? Subject(JsonElement root) => root.TryGetProperty("subject", out var subject) && subject.ValueKind == JsonValueKind.Object ? DigestOf(subject) : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Dictionary<string, string>? Annotations(JsonElement root) =>
        root.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
            ? annotations.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? string.Empty)
            : null;

    private static Error Invalid(string message) => new(ErrorKind.Invalid, "MANIFEST_INVALID", message);

    private async Task<ManifestInfo> WithPlatformAsync(ManifestInfo info, CancellationToken cancellationToken)
    {
        if (blobs.SizeOf(info.Blobs[0]) is not <= MaxConfigSize)
        {
            return info;
        }

        try
        {
            using var config = JsonDocument.Parse(await blobs.ReadAsync(info.Blobs[0], MaxConfigSize, cancellationToken));
            return info with { Architecture = Text(config.RootElement, "architecture"), Os = Text(config.RootElement, "os") };
        }
        catch (JsonException)
        {
            // A configuration that is no JSON is the pusher's affair; registries store it all the same.
            return info;
        }
    }
}
