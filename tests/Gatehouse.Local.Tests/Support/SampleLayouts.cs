using Gatehouse.Core.Images;
using Gatehouse.Local.Samples;
using Gatehouse.Registry.Layouts;

namespace Gatehouse.Local.Tests.Support;

/// <summary>OCI image layouts on disk for tests to admit.</summary>
internal static class SampleLayouts
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly Platform Arm64 = new("linux", "arm64");

    public static async Task<Digest> WriteAsync(string directory, string tag, params SamplePackage[] packages)
    {
        var image = SampleImage.Index(
            (Amd64, SampleImage.Of(Amd64, "app", SampleLayer.Alpine("x86_64", packages))),
            (Arm64, SampleImage.Of(Arm64, "app", SampleLayer.Alpine("aarch64", packages))));
        var writer = await OciLayoutWriter.CreateAsync(directory, CancellationToken.None);
        foreach (var child in image.Children)
        {
            foreach (var layer in child.Layers)
            {
                await writer.AddBlobAsync(layer.Blob.MediaType, layer.Content, CancellationToken.None);
            }

            foreach (var config in child.Configs)
            {
                await writer.AddBlobAsync(MediaTypes.OciConfig, config, CancellationToken.None);
            }

            await writer.AddManifestAsync(child.MediaType, child.Content, null, list: false, CancellationToken.None);
        }

        await writer.AddManifestAsync(image.MediaType, image.Content, tag, list: true, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);
        return image.Digest;
    }
}
