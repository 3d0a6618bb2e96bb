using System.Collections.Concurrent;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Layouts;

/// <summary>Pushes an image from a source: blobs before the manifests that name them, manifests before their index, the tag last.</summary>
internal sealed class ImagePusher(IImageSource source, IRegistryClient target, string repository)
{
    /// <summary>Indexes may hold indexes, but not for ever.</summary>
    private const int MaxDepth = 4;

    private const int MaxParallelBlobs = 3;

    /// <summary>Blobs and manifests. Indexes may share what they list, in every level again, so nothing is pushed twice.</summary>
    private readonly ConcurrentDictionary<Digest, bool> _pushed = new();

    /// <param name="tag">Null pushes by digest only.</param>
    public async Task<RegistryResult<Digest>> PushAsync(Digest digest, string? tag, int depth, CancellationToken cancellationToken)
    {
        if (tag is null && _pushed.ContainsKey(digest))
        {
            return digest;
        }

        var read = await source.GetManifestAsync(digest, cancellationToken);
        if (!read.TryGet(out var content, out var failure))
        {
            return failure;
        }

        var line = $"PUSH {target.Host}/{repository}@{digest}";
        if (depth > MaxDepth)
        {
            return Failures.Untrustworthy(line, $"indexes are nested deeper than {MaxDepth}");
        }

        if (!ManifestDocument.Parse(content.MediaType, content.Content).TryGet(out var document, out var error))
        {
            return Failures.Untrustworthy(line, error.Message);
        }

        failure = document.IsIndex ? await PushManifestsAsync(document, depth, cancellationToken) : await PushBlobsAsync(document, cancellationToken);
        if (failure is not null)
        {
            return failure;
        }

        var put = await target.PutManifestAsync(repository, tag ?? digest.ToString(), content.MediaType, content.Content, cancellationToken);
        if (put.IsOk)
        {
            _pushed[digest] = true;
        }

        return put;
    }

    private async Task<RegistryFailure?> PushManifestsAsync(ManifestDocument index, int depth, CancellationToken cancellationToken)
    {
        foreach (var entry in index.Manifests.DistinctBy(entry => entry.Digest))
        {
            var pushed = await PushAsync(entry.Digest, null, depth + 1, cancellationToken);
            if (!pushed.TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        return null;
    }

    private async Task<RegistryFailure?> PushBlobsAsync(ManifestDocument manifest, CancellationToken cancellationToken)
    {
        RegistryFailure? first = null;
        var blobs = manifest.Children.Where(blob => !IsForeign(blob)).DistinctBy(blob => blob.Digest).Where(blob => !_pushed.ContainsKey(blob.Digest));
        await Parallel.ForEachAsync(blobs, new ParallelOptions { MaxDegreeOfParallelism = MaxParallelBlobs, CancellationToken = cancellationToken }, async (blob, token) =>
        {
            if (Volatile.Read(ref first) is null && await PushBlobAsync(blob, token) is { } failure)
            {
                Interlocked.CompareExchange(ref first, failure, null);
            }
        });
        return first;
    }

    // Layers that may not be distributed are fetched from their own URLs and pushed nowhere.
    private static bool IsForeign(Descriptor blob) =>
        blob.MediaType.Contains(".nondistributable.", StringComparison.Ordinal) || blob.MediaType.Contains(".foreign.", StringComparison.Ordinal);

    private async Task<RegistryFailure?> PushBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        if (source.MountFrom(target) is { } from && from != repository)
        {
            var mounted = await target.MountBlobAsync(repository, blob.Digest, from, cancellationToken);
            if (mounted.TryGet(out var done, out _) && done)
            {
                _pushed[blob.Digest] = true;
                return null;
            }
        }

        RegistryFailure? broken = null;
        var pushed = await target.PushBlobAsync(repository, blob, OpenAsync, cancellationToken);
        if (pushed.TryGet(out _, out var failure))
        {
            _pushed[blob.Digest] = true;
            return null;
        }

        return broken ?? failure;

        async ValueTask<Stream> OpenAsync(CancellationToken token)
        {
            var opened = await source.OpenBlobAsync(blob, token);
            if (opened.TryGet(out var stream, out broken))
            {
                return stream;
            }

            throw new IOException($"The source of {blob.Digest} cannot be read: {broken}");
        }
    }
}
