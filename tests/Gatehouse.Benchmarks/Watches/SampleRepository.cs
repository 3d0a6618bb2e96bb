using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Benchmarks.Watches;

/// <summary>A repository of many tags, each with a manifest of its own over one shared configuration and layer.</summary>
internal static class SampleRepository
{
    private const int ParallelPushes = 4;

    public static IReadOnlyList<string> Tags(int count) => [.. Enumerable.Range(0, count).Select(number => $"v1.{number / 100}.{number % 100}")];

    public static async Task PushAsync(IRegistryClient client, string repository, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var config = await PushAsync(client, repository, MediaTypes.OciConfig, """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""", cancellationToken);
        var layer = await PushAsync(client, repository, MediaTypes.OciLayerGzip, "a layer nobody pulls", cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelPushes, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(tags, parallel, async (tag, token) =>
        {
            var manifest = ManifestWriter.Image(config, [layer], annotations: new Dictionary<string, string> { ["org.opencontainers.image.version"] = tag });
            _ = (await client.PutManifestAsync(repository, tag, MediaTypes.OciManifest, manifest, token)).Value;
        });
    }

    private static async Task<Descriptor> PushAsync(IRegistryClient client, string repository, string mediaType, string content, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var blob = new Descriptor(mediaType, Digest.OfBytes(bytes), bytes.Length);
        _ = (await client.PushBlobAsync(repository, blob, _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes)), cancellationToken)).Value;
        return blob;
    }
}
