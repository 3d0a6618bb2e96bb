using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Resolving;

/// <summary>
/// Everything that refers to an image or to one of its platforms, and everything that refers to that in turn. One list for each
/// manifest, one manifest for each referrer, and three HEADs for each manifest of the image: cosign's older layout has no list.
/// Both limits refuse the image, for a part of its referrers could be the part that mattered.
/// </summary>
internal sealed class ReferrerClosure(IRegistryClient client, string repository)
{
    /// <summary>A signature of an SBOM is at 2.</summary>
    public const int MaxDepth = 3;

    /// <summary>Each is imported into every registry on its own.</summary>
    public const int MaxReferrers = 64;

    private const int MaxParallel = 4;

    // Source: sigstore/cosign specs/SIGNATURE_SPEC.md, and its siblings for attestations and SBOMs.
    private static readonly string[] CosignSuffixes = [".sig", ".att", ".sbom"];

    private readonly List<Descriptor> _referrers = [];
    private readonly List<ReferrerLink> _links = [];
    private readonly HashSet<Digest> _seen = [];

    public IReadOnlyList<Descriptor> Referrers => _referrers;

    public IReadOnlyList<ReferrerLink> Links => _links;

    /// <returns>Why there is no closure; null when it is complete.</returns>
    public async Task<Resolution?> GatherAsync(IReadOnlyList<Digest> image, CancellationToken cancellationToken)
    {
        _seen.UnionWith(image);
        IReadOnlyList<Digest> level = [.. image.Distinct()];
        for (var depth = 1; level.Count > 0; depth++)
        {
            var withTags = depth == 1;
            var answers = await EachAsync(level, (subject, token) => FindAsync(subject, withTags, token), cancellationToken);
            if (Refusal(answers.Select(answer => answer.Refusal)) is { } refusal)
            {
                return refusal;
            }

            var found = answers.SelectMany(answer => answer.Found).ToList();
            if (ObjectionTo(found, depth) is { } objection)
            {
                return objection;
            }

            _links.AddRange(found.Select(one => one.Link));
            var fresh = found.Where(one => _seen.Add(one.Manifest.Digest)).Select(one => one.Manifest).ToList();
            _referrers.AddRange(fresh);
            level = [.. fresh.Select(manifest => manifest.Digest)];
        }

        return null;
    }

    private Resolution.Unacceptable? ObjectionTo(List<Finding> found, int depth)
    {
        if (found.Find(one => _seen.Contains(one.Manifest.Digest) && one.Link.Tag is not null) is { } itself)
        {
            return new Resolution.Unacceptable("referrer-mismatch", $"The tag {itself.Link.Tag} names {itself.Manifest.Digest}, which is a part of the image itself.");
        }

        if (depth > MaxDepth && found.Count > 0)
        {
            return new Resolution.Unacceptable(
                "referrers-too-deep", $"{found[0].Manifest.Digest} refers to {found[0].Link.Subject}, which refers to others {depth - 1} levels down to the image; at most {MaxDepth} levels are taken.");
        }

        var count = found.Select(one => one.Manifest.Digest).Where(digest => !_seen.Contains(digest)).Distinct().Count() + _referrers.Count;
        return count > MaxReferrers ? TooMany(count) : null;
    }

    private async Task<Answer> FindAsync(Digest subject, bool withTags, CancellationToken cancellationToken)
    {
        var listed = await client.ListReferrersAsync(repository, subject, cancellationToken);
        if (!listed.TryGet(out var list, out var failure))
        {
            return new Answer([], Outcomes.Of(failure, ofPart: true));
        }

        if (list.Referrers.Count > MaxReferrers)
        {
            return new Answer([], TooMany(list.Referrers.Count));
        }

        var found = new List<Finding>();
        foreach (var entry in list.Referrers.DistinctBy(entry => entry.Digest))
        {
            var (finding, refusal) = await ReadAsync(entry, subject, cancellationToken);
            if (finding is null)
            {
                return new Answer([], refusal);
            }

            found.Add(finding);
        }

        return withTags && subject.Algorithm == "sha256" ? await AddTagsAsync(subject, found, cancellationToken) : new Answer(found, null);
    }

    /// <summary>The list is a claim; only the manifest says what it refers to, and only so will other registries list it.</summary>
    private async Task<(Finding? Finding, Resolution? Refusal)> ReadAsync(Descriptor entry, Digest subject, CancellationToken cancellationToken)
    {
        var read = await client.GetManifestAsync(repository, entry.Digest.ToString(), cancellationToken);
        if (!read.TryGet(out var content, out var failure))
        {
            return (null, Outcomes.Of(failure, ofPart: true));
        }

        if (!ManifestDocument.Parse(content.MediaType, content.Content).TryGet(out var document, out var error))
        {
            return (null, new Resolution.Unacceptable(error.Code, error.Message));
        }

        return document.Subject?.Digest == subject
            ? (new Finding(entry with { MediaType = content.MediaType, Size = content.Content.Length }, new ReferrerLink(entry.Digest, subject)), null)
            : (null, new Resolution.Unacceptable("referrer-mismatch", $"{entry.Digest} is listed as referring to {subject}; it refers to {document.Subject?.Digest.ToString() ?? "nothing"}."));
    }

    private async Task<Answer> AddTagsAsync(Digest subject, List<Finding> found, CancellationToken cancellationToken)
    {
        foreach (var tag in CosignSuffixes.Select(suffix => $"{subject.Algorithm}-{subject.Hex}{suffix}"))
        {
            var head = await client.HeadManifestAsync(repository, tag, cancellationToken);
            if (head.TryGet(out var named, out var failure))
            {
                found.Add(new Finding(new Descriptor(named.MediaType, named.Digest, named.Size ?? 0), new ReferrerLink(named.Digest, subject, tag)));
            }
            else if (failure.Kind != RegistryFailureKind.NotFound)
            {
                return new Answer([], Outcomes.Of(failure, ofPart: true));
            }
        }

        return new Answer(found, null);
    }

    private static Resolution.Unacceptable TooMany(int count) =>
        new("too-many-referrers", $"{count} or more manifests refer to the image, directly or not; at most {MaxReferrers} are taken.");

    /// <summary>The refusal that is certain comes before the one that may pass.</summary>
    private static Resolution? Refusal(IEnumerable<Resolution?> refusals)
    {
        var all = refusals.OfType<Resolution>().ToList();
        return all.OfType<Resolution.Unacceptable>().FirstOrDefault() ?? all.FirstOrDefault();
    }

    private static async Task<TResult[]> EachAsync<TResult>(IReadOnlyList<Digest> digests, Func<Digest, CancellationToken, Task<TResult>> ask, CancellationToken cancellationToken)
    {
        var results = new TResult[digests.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, digests.Count), parallel, async (i, token) => results[i] = await ask(digests[i], token));
        return results;
    }

    private sealed record Finding(Descriptor Manifest, ReferrerLink Link);

    /// <param name="Refusal">Null when everything was found.</param>
    private sealed record Answer(IReadOnlyList<Finding> Found, Resolution? Refusal);
}
