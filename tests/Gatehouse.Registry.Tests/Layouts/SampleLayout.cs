using System.IO.Compression;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Layouts;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Registry.Tests.Layouts;

/// <summary>A layout with one index of two platforms, whose layers hold random bytes.</summary>
internal static class SampleLayout
{
    public static async Task<(OciLayout Layout, Digest Index)> WriteAsync(string directory, int layerBytes, CancellationToken cancellationToken)
    {
        var writer = await OciLayoutWriter.CreateAsync(directory, cancellationToken);
        var entropy = new SeededEntropy(3);
        var manifests = new List<Descriptor>();
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            var layerContent = new byte[layerBytes];
            entropy.Fill(layerContent);
            var layer = await writer.AddBlobAsync(MediaTypes.OciLayerGzip, Gzip(layerContent), cancellationToken);
            var config = await writer.AddBlobAsync(
                MediaTypes.OciConfig,
                RegistryFixture.Bytes($$$"""{"os":"linux","architecture":"{{{architecture}}}","rootfs":{"type":"layers","diff_ids":["{{{Digest.OfBytes(layerContent)}}}"]}}"""),
                cancellationToken);
            var manifest = await writer.AddManifestAsync(MediaTypes.OciManifest, ManifestWriter.Image(config, [layer]), null, list: false, cancellationToken);
            manifests.Add(manifest with { Platform = new Platform("linux", architecture) });
        }

        var index = await writer.AddManifestAsync(MediaTypes.OciIndex, ManifestWriter.Index(manifests), "1.0", list: true, cancellationToken);
        await writer.FinishAsync(cancellationToken);
        return ((await OciLayout.OpenAsync(directory, cancellationToken)).Value, index.Digest);
    }

    // Really compressed, or copying tools would compress it and so change the digests.
    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return buffer.ToArray();
    }
}
