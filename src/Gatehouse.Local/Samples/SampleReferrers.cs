using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Local.Samples;

/// <summary>What refers to a sample image: a list of its packages, and a note that refers to that list as a signature would.</summary>
internal static class SampleReferrers
{
    private const string SbomType = "application/spdx+json";
    private const string NoteType = "application/vnd.gatehouse.sample.note";

    private static readonly byte[] Empty = "{}"u8.ToArray();

    public static async Task PushAsync(IRegistryClient upstream, string repository, SampleImage image, IEnumerable<SamplePackage> packages, CancellationToken cancellationToken)
    {
        var names = packages.Select(package => $$"""{"name":"{{package.Name}}","versionInfo":"{{package.Version}}","licenseConcluded":"{{package.License}}"}""");
        var sbom = await AttachAsync(
            upstream,
            repository,
            new Descriptor(image.MediaType, image.Digest, image.Content.Length),
            SbomType,
            $$"""{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"{{repository}}","packages":[{{string.Join(',', names)}}]}""",
            cancellationToken);
        await AttachAsync(upstream, repository, sbom, NoteType, """{"note":"made with the samples"}""", cancellationToken);
    }

    private static async Task<Descriptor> AttachAsync(IRegistryClient upstream, string repository, Descriptor subject, string type, string text, CancellationToken cancellationToken)
    {
        var content = Encoding.UTF8.GetBytes(text);
        var config = new Descriptor(MediaTypes.OciEmpty, Digest.OfBytes(Empty), Empty.Length);
        var layer = new Descriptor(type, Digest.OfBytes(content), content.Length);
        SampleImage.Check(await upstream.PushBlobAsync(repository, config, _ => ValueTask.FromResult<Stream>(new MemoryStream(Empty)), cancellationToken));
        SampleImage.Check(await upstream.PushBlobAsync(repository, layer, _ => ValueTask.FromResult<Stream>(new MemoryStream(content)), cancellationToken));
        var manifest = ManifestWriter.Image(config, [layer], subject, type);
        var digest = Digest.OfBytes(manifest);
        SampleImage.Check(await upstream.PutManifestAsync(repository, digest.ToString(), MediaTypes.OciManifest, manifest, cancellationToken));
        return new Descriptor(MediaTypes.OciManifest, digest, manifest.Length);
    }
}
