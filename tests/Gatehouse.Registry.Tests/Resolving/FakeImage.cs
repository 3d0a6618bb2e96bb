using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Registry.Tests.Resolving;

/// <summary>An image in memory, and the script of a registry that serves it.</summary>
internal sealed class FakeImage
{
    private readonly List<ScriptStep> _steps = [];

    public IReadOnlyList<ScriptStep> Steps => _steps;

    public Descriptor AddConfig(string json)
    {
        var content = RegistryFixture.Bytes(json);
        var digest = Digest.OfBytes(content);
        _steps.Add(ScriptStep.Get($"/v2/app/blobs/{digest}", content));
        return new Descriptor(MediaTypes.OciConfig, digest, content.Length);
    }

    public Descriptor AddManifest(byte[] content, string type = MediaTypes.OciManifest, string? tag = null)
    {
        var digest = Digest.OfBytes(content);
        _steps.AddRange(new[] { digest.ToString(), tag }.OfType<string>().SelectMany(reference => new[]
        {
            ScriptStep.Get($"/v2/app/manifests/{reference}", content, RegistryFixture.ManifestHeaders(content, type)),
            ScriptStep.Reply("HEAD", $"/v2/app/manifests/{reference}", 200, RegistryFixture.ManifestHeaders(content, type)),
        }));
        return new Descriptor(type, digest, content.Length);
    }

    public Descriptor AddImage(string architecture, string? tag = null)
    {
        var config = AddConfig($$"""{"os":"linux","architecture":"{{architecture}}","created":"2026-01-02T03:04:05Z"}""");
        var layer = new Descriptor(MediaTypes.OciLayerGzip, Digest.OfBytes(RegistryFixture.Bytes("layer " + architecture)), 100);
        return AddManifest(ManifestWriter.Image(config, [layer]), tag: tag);
    }

    /// <summary>A manifest that names its subject; listing it is the script's affair.</summary>
    public Descriptor AddReferrer(Descriptor subject, string artifactType)
    {
        var empty = AddConfig("{}") with { MediaType = MediaTypes.OciEmpty };
        return AddManifest(ManifestWriter.Image(empty, [empty], subject, artifactType)) with { ArtifactType = artifactType };
    }
}
