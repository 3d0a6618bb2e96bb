using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Local.Samples;

/// <summary>A manifest or index with everything below it, ready to push.</summary>
internal sealed record SampleImage(string MediaType, byte[] Content, IReadOnlyList<SampleLayer> Layers, IReadOnlyList<byte[]> Configs, IReadOnlyList<SampleImage> Children)
{
    public Digest Digest { get; } = Digest.OfBytes(Content);

    /// <summary>An image for one platform.</summary>
    public static SampleImage Of(Platform platform, string title, params SampleLayer[] layers)
    {
        var config = Json(writer =>
        {
            writer.WriteString("created", "2026-01-01T00:00:00Z");
            writer.WriteString("architecture", platform.Architecture);
            writer.WriteString("os", platform.Os);
            writer.WriteStartObject("config");
            writer.WriteStartArray("Entrypoint");
            writer.WriteStringValue("/app/" + title);
            writer.WriteEndArray();
            writer.WriteStartObject("Labels");
            writer.WriteString("org.opencontainers.image.title", title);
            writer.WriteString("org.opencontainers.image.licenses", "MIT");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartObject("rootfs");
            writer.WriteString("type", "layers");
            writer.WriteStartArray("diff_ids");
            foreach (var layer in layers)
            {
                writer.WriteStringValue(layer.DiffId.ToString());
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        var manifest = ManifestWriter.Image(
            new Descriptor(MediaTypes.OciConfig, Digest.OfBytes(config), config.Length),
            [.. layers.Select(layer => layer.Blob)]);
        return new SampleImage(MediaTypes.OciManifest, manifest, layers, [config], []);
    }

    /// <summary>An index over images for several platforms.</summary>
    public static SampleImage Index(params (Platform Platform, SampleImage Image)[] images)
    {
        var index = ManifestWriter.Index(
            [.. images.Select(entry => new Descriptor(entry.Image.MediaType, entry.Image.Digest, entry.Image.Content.Length) { Platform = entry.Platform })]);
        return new SampleImage(MediaTypes.OciIndex, index, [], [], [.. images.Select(image => image.Image)]);
    }

    /// <summary>Pushes what is below first, so that no registry ever sees a manifest without its parts.</summary>
    /// <param name="reference">A tag, or the digest.</param>
    public async Task PushAsync(IRegistryClient registry, string repository, string reference, CancellationToken cancellationToken)
    {
        foreach (var child in Children)
        {
            await child.PushAsync(registry, repository, child.Digest.ToString(), cancellationToken);
        }

        foreach (var layer in Layers)
        {
            Check(await registry.PushBlobAsync(repository, layer.Blob, _ => ValueTask.FromResult<Stream>(new MemoryStream(layer.Content)), cancellationToken));
        }

        foreach (var config in Configs)
        {
            var blob = new Descriptor(MediaTypes.OciConfig, Digest.OfBytes(config), config.Length);
            Check(await registry.PushBlobAsync(repository, blob, _ => ValueTask.FromResult<Stream>(new MemoryStream(config)), cancellationToken));
        }

        Check(await registry.PutManifestAsync(repository, reference, MediaType, Content, cancellationToken));
    }

    internal static void Check<T>(RegistryResult<T> result)
    {
        if (!result.TryGet(out _, out var failure))
        {
            throw new InvalidOperationException($"The sample registry did not take an image: {failure}");
        }
    }

    private static byte[] Json(Action<Utf8JsonWriter> body)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            body(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
