using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Resolving;

/// <summary>
/// Resolves with one GET by tag or digest, then one manifest and one configuration for each platform, then everything that refers to them.
/// Everything after the first answer is asked for by digest, so a tag that moves meanwhile changes nothing.
/// </summary>
public sealed class ImageResolver(IRegistryClientFactory clients, TimeProvider clock) : IImageResolver
{
    /// <summary>Entries of one index. Source: ACR import takes at most 50 manifests of one image, the index among them; better refused before people approve it.</summary>
    public const int MaxIndexEntries = 49;

    /// <summary>Bytes of one image configuration.</summary>
    public const int MaxConfigBytes = 8 * 1024 * 1024;

    private const int MaxParallel = 4;

    public async Task<Resolution> ResolveAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        var client = clients.Create(reference.Registry);
        var read = await client.GetManifestAsync(reference.Repository, reference.ManifestReference, cancellationToken);
        if (!read.TryGet(out var content, out var failure))
        {
            return Outcomes.Of(failure);
        }

        if (!ManifestDocument.Parse(content.MediaType, content.Content).TryGet(out var document, out var error))
        {
            return new Resolution.Unacceptable(error.Code, error.Message);
        }

        var (platforms, kept, refusal) = document.IsIndex
            ? await IndexAsync(client, reference.Repository, document, cancellationToken)
            : await SingleAsync(client, reference.Repository, content, document, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (platforms.Count == 0)
        {
            return new Resolution.Unacceptable("no-platforms", $"{reference} is an index without an image a host could run.");
        }

        var closure = new ReferrerClosure(client, reference.Repository);
        if (await closure.GatherAsync([content.Digest, .. platforms.Select(platform => platform.Manifest.Digest)], cancellationToken) is { } objection)
        {
            return objection;
        }

        var all = closure.Referrers.Concat(kept).DistinctBy(referrer => referrer.Digest).ToList();
        return new Resolution.Found(new Candidate(
            reference.WithDigest(content.Digest), content.Digest, content.MediaType, content.Content.Length, platforms, all, clock.GetUtcNow())
        {
            Links = closure.Links,
            Parts = [.. kept.Select(entry => entry.Digest)],
        });
    }

    public async Task<TagState> HeadAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        var head = await clients.Create(reference.Registry).HeadManifestAsync(reference.Repository, reference.ManifestReference, cancellationToken);
        if (head.TryGet(out var found, out var failure))
        {
            return new TagState.At(found.Digest);
        }

        return failure.Kind == RegistryFailureKind.NotFound ? new TagState.Gone() : new TagState.Unavailable(failure.ToString(), failure.RetryAfter, IsThrottled(failure));
    }

    public async Task<TagListing> ListTagsAsync(ImageReference repository, CancellationToken cancellationToken)
    {
        var listed = await clients.Create(repository.Registry).ListTagsAsync(repository.Repository, cancellationToken);
        return listed.TryGet(out var tags, out var failure)
            ? new TagListing.Listed(tags)
            : new TagListing.Unavailable(failure.ToString(), failure.RetryAfter, IsThrottled(failure));
    }

    private static bool IsThrottled(RegistryFailure failure) => failure.Kind == RegistryFailureKind.Throttled;

    private static async Task<PlatformSet> SingleAsync(IRegistryClient client, string repository, ManifestContent content, ManifestDocument document, CancellationToken cancellationToken)
    {
        var manifest = new Descriptor(content.MediaType, content.Digest, content.Content.Length);
        var (image, refusal) = await PlatformReader.ReadAsync(client, repository, manifest, document, cancellationToken);
        return new PlatformSet(image is null ? [] : [image], [], refusal);
    }

    private static async Task<PlatformSet> IndexAsync(IRegistryClient client, string repository, ManifestDocument index, CancellationToken cancellationToken)
    {
        if (index.Manifests.Count > MaxIndexEntries)
        {
            return new PlatformSet([], [], new Resolution.Unacceptable("index-too-large", $"The index has {index.Manifests.Count} entries; at most {MaxIndexEntries} are taken."));
        }

        var entries = index.Manifests.DistinctBy(entry => entry.Digest).ToList();
        var runnable = entries.Where(IsRunnable).ToList();
        var results = new (PlatformImage? Image, Resolution? Refusal)[runnable.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, runnable.Count), parallel, async (i, token) =>
            results[i] = await PlatformReader.FetchAsync(client, repository, runnable[i], token));

        // The refusal that is certain comes before the one that may pass.
        var refusal = results.Select(result => result.Refusal).OfType<Resolution.Unacceptable>().FirstOrDefault()
            ?? results.Select(result => result.Refusal).FirstOrDefault(one => one is not null);
        return new PlatformSet([.. results.Select(result => result.Image).OfType<PlatformImage>()], [.. entries.Where(entry => !IsRunnable(entry))], refusal);
    }

    // Entries without a platform are images whose configuration says it; BuildKit marks what is no image as unknown/unknown.
    private static bool IsRunnable(Descriptor entry) => MediaTypes.IsManifest(entry.MediaType) && entry.Platform?.IsUnknown != true;

    /// <param name="Kept">Entries that are no platform's image, e.g. attestations.</param>
    private sealed record PlatformSet(IReadOnlyList<PlatformImage> Platforms, IReadOnlyList<Descriptor> Kept, Resolution? Refusal);
}
