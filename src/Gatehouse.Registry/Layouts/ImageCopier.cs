using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Layouts;

/// <summary>Copies images from registry to registry through this machine, streaming. Between repositories of one registry, blobs are mounted.</summary>
public static class ImageCopier
{
    /// <param name="reference">Tag or digest at the source.</param>
    /// <param name="tag">What it is called at the target; null copies by digest only.</param>
    /// <param name="withReferrers">Also copies what directly refers to the image: signatures, SBOMs, attestations.</param>
    public static async Task<RegistryResult<Digest>> CopyAsync(
        IRegistryClient source,
        string sourceRepository,
        string reference,
        IRegistryClient target,
        string targetRepository,
        string? tag,
        bool withReferrers,
        CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(reference, out var digest))
        {
            var head = await source.HeadManifestAsync(sourceRepository, reference, cancellationToken);
            if (!head.TryGet(out var found, out var failure))
            {
                return failure;
            }

            digest = found.Digest;
        }

        var pusher = new ImagePusher(new RegistrySource(source, sourceRepository), target, targetRepository);
        var pushed = await pusher.PushAsync(digest, tag, 0, cancellationToken);
        return pushed.IsOk && withReferrers && await CopyReferrersAsync(source, sourceRepository, digest, pusher, cancellationToken) is { } broken ? broken : pushed;
    }

    private static async Task<RegistryFailure?> CopyReferrersAsync(IRegistryClient source, string repository, Digest subject, ImagePusher pusher, CancellationToken cancellationToken)
    {
        var listed = await source.ListReferrersAsync(repository, subject, cancellationToken);
        if (!listed.TryGet(out var list, out var failure))
        {
            return failure;
        }

        foreach (var referrer in list.Referrers)
        {
            var pushed = await pusher.PushAsync(referrer.Digest, null, 0, cancellationToken);
            if (!pushed.TryGet(out _, out failure))
            {
                return failure;
            }
        }

        return null;
    }
}
