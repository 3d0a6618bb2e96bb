using System.Collections.Concurrent;
using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Distribution;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;
using Gatehouse.Registry.Client;

namespace Gatehouse.Emulator.Imports;

/// <summary>Copies one image, whole: index, platform manifests, configurations and layers.</summary>
internal sealed class Importer(EmulatedRegistry registry, IEntropy entropy)
{
    /// <summary>Source: ACR import, "a maximum of 50 manifests per imported image".</summary>
    public const int MaxManifests = 50;

    private const int MaxParallelBlobs = 3;

    private readonly ManifestReader _reader = new(registry.Store.Blobs);

    /// <exception cref="ImportException">The source has not got it, does not answer, or is not to be believed.</exception>
    public async Task CopyAsync(ImportOrder order, IImportSource source, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var manifests = new List<ManifestContent>();
        await CollectAsync(source, order.Reference, manifests, cancellationToken);
        var blobs = new ConcurrentDictionary<Digest, long>();
        var wanted = new HashSet<Digest>();
        foreach (var manifest in manifests)
        {
            wanted.UnionWith((await ReadAsync(manifest, cancellationToken)).Blobs);
        }

        await Parallel.ForEachAsync(
            wanted,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelBlobs, CancellationToken = cancellationToken },
            async (digest, token) => blobs[digest] = await CopyBlobAsync(source, digest, token));
        foreach (var manifest in manifests)
        {
            registry.Store.Blobs.Write(manifest.Digest, manifest.Content.Span, entropy.Next());
        }

        foreach (var target in order.Targets.GroupBy(target => target.Repository))
        {
            await LandAsync(target.Key, [.. target.Select(each => each.Tag).OfType<string>()], manifests, blobs, origin, cancellationToken);
        }
    }

    /// <summary>Gathers manifests with children before their parents.</summary>
    private async Task CollectAsync(IImportSource source, string reference, List<ManifestContent> manifests, CancellationToken cancellationToken)
    {
        var manifest = await source.GetManifestAsync(reference, cancellationToken);
        if (Digest.TryParse(reference, out var digest) && !digest.Matches(manifest.Content.Span))
        {
            throw new ImportException(400, "InvalidSource", $"The source's manifest {reference} does not hash to its digest.");
        }

        foreach (var child in (await ReadAsync(manifest, cancellationToken)).Children)
        {
            if (manifests.All(known => known.Digest != child.Digest))
            {
                await CollectAsync(source, child.Digest.ToString(), manifests, cancellationToken);
            }
        }

        manifests.Add(manifest);
        if (manifests.Count > MaxManifests)
        {
            throw new ImportException(400, "TooManyManifests", $"The source image has more than {MaxManifests} manifests, the most an import copies.");
        }
    }

    private async Task<ManifestInfo> ReadAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        (await _reader.ReadAsync(manifest.Content, manifest.MediaType, cancellationToken)).TryGet(out var info, out var error)
            ? info
            : throw new ImportException(400, "InvalidSource", $"The source's manifest {manifest.Digest} is not acceptable: {error.Message}");

    private async Task<long> CopyBlobAsync(IImportSource source, Digest digest, CancellationToken cancellationToken)
    {
        if (registry.Store.Blobs.SizeOf(digest) is { } known)
        {
            return known;
        }

        await using var writer = registry.Store.Blobs.CreateWriter(entropy.Next());
        await source.CopyBlobAsync(digest, writer, cancellationToken);
        return await writer.CommitAsync(digest, cancellationToken)
            ? writer.Length
            : throw new ImportException(400, "InvalidSource", $"The source's blob {digest} does not hash to its digest.");
    }

    private async Task LandAsync(
        string repository,
        IReadOnlyList<string> tags,
        List<ManifestContent> manifests,
        ConcurrentDictionary<Digest, long> blobs,
        RequestOrigin origin,
        CancellationToken cancellationToken)
    {
        foreach (var (digest, size) in blobs)
        {
            registry.Home.Faults.FindBlob(digest);
            registry.Store.LinkBlob(registry.Home, repository, digest, size);
        }

        foreach (var manifest in manifests)
        {
            var info = await ReadAsync(manifest, cancellationToken);
            var isRoot = manifest == manifests[^1];
            foreach (var tag in isRoot && tags.Count > 0 ? tags.Cast<string?>() : [null])
            {
                if (registry.Store.PutManifest(registry.Home, repository, manifest.Digest, info, tag, origin) is not WriteOutcome.Done)
                {
                    throw new ImportException(409, "Conflict", $"The operation is disallowed on this registry, repository or image: {repository}{(tag is null ? string.Empty : ":" + tag)} is locked.");
                }
            }
        }
    }
}
