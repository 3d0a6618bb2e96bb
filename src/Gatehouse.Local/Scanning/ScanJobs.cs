using System.Collections.Concurrent;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Registry.Client;

namespace Gatehouse.Local.Scanning;

/// <summary>One scan: running until <see cref="Work"/> ends with the report's bytes.</summary>
internal sealed record ScanJobEntry(string Id, Task<byte[]> Work);

/// <summary>Pulls images, reads their package databases and reports what the advisories say of them.</summary>
internal sealed class ScanJobs(IRegistryClientFactory registries, AdvisoryBook book, IdSource ids, TimeProvider clock) : IDisposable
{
    /// <summary>Reports kept, so that a scanner that runs for weeks does not grow.</summary>
    private const int MaxJobs = 1_000;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, ScanJobEntry> _jobs = new();
    private readonly ConcurrentQueue<string> _order = new();

    public ScanJobEntry Start(string host, string repository, Digest digest)
    {
        var id = ids.Next();
        var job = _jobs[id] = new ScanJobEntry(id, Task.Run(() => ScanAsync(host, repository, digest, _stop.Token)));
        _order.Enqueue(id);
        while (_order.Count > MaxJobs && _order.TryDequeue(out var oldest))
        {
            _jobs.TryRemove(oldest, out _);
        }

        return job;
    }

    public ScanJobEntry? Find(string id) => _jobs.GetValueOrDefault(id);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task<byte[]> ScanAsync(string host, string repository, Digest digest, CancellationToken cancellationToken)
    {
        var registry = registries.Create(host);
        var found = new List<(InstalledPackage Package, Advisory Advisory)>();
        await foreach (var layer in LayersAsync(registry, repository, digest, cancellationToken))
        {
            await using var blob = Take(await registry.OpenBlobAsync(repository, layer.Digest, 0, cancellationToken));
            var gzip = layer.MediaType.EndsWith("gzip", StringComparison.Ordinal);
            foreach (var package in await InstalledPackages.ReadAsync(blob.Stream, gzip, cancellationToken))
            {
                found.AddRange(book.For(package).Select(advisory => (package, advisory)));
            }
        }

        return HarborReport.Write(repository, digest, clock.GetUtcNow(), found.DistinctBy(item => (item.Package.Name, item.Package.Version, item.Advisory.Id)));
    }

    private static async IAsyncEnumerable<Descriptor> LayersAsync(
        IRegistryClient registry,
        string repository,
        Digest digest,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var manifest = Take(await registry.GetManifestAsync(repository, digest.ToString(), cancellationToken));
        using var document = JsonDocument.Parse(manifest.Content);
        if (MediaTypes.IsIndex(manifest.MediaType))
        {
            foreach (var child in document.RootElement.GetProperty("manifests").EnumerateArray())
            {
                var childDigest = Digest.Parse(child.GetProperty("digest").GetString()).Value;
                await foreach (var layer in LayersAsync(registry, repository, childDigest, cancellationToken))
                {
                    yield return layer;
                }
            }

            yield break;
        }

        foreach (var layer in document.RootElement.GetProperty("layers").EnumerateArray())
        {
            var mediaType = layer.GetProperty("mediaType").GetString()!;
            if (!mediaType.Contains("tar", StringComparison.Ordinal))
            {
                // An attestation or another artifact beside the platforms: no packages in it.
                continue;
            }

            yield return mediaType.EndsWith("zstd", StringComparison.Ordinal)
                ? throw new InvalidDataException("A layer is compressed with zstd, which the sample scanner does not read.")
                : new Descriptor(mediaType, Digest.Parse(layer.GetProperty("digest").GetString()).Value, layer.GetProperty("size").GetInt64());
        }
    }

    private static T Take<T>(RegistryResult<T> result) =>
        result.TryGet(out var value, out var failure) ? value : throw new IOException(failure.ToString());
}
