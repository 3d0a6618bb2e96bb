using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>How one replica's list of one repository differs from what was released there; a row in the record store.</summary>
/// <param name="Items">Ordered, e.g. <c>missing sha256:…</c>; at most <see cref="MaxItems"/>, the counts are of all.</param>
/// <param name="Missing">Manifests it does not serve.</param>
/// <param name="Drifted">Manifests with any difference.</param>
/// <param name="Events">Ledger events made of it so far.</param>
internal sealed record RepositoryDrift(string Repository, IReadOnlyList<string> Items, int Missing, int Drifted, int Events)
{
    /// <summary>Keeps the row far below what a record may hold.</summary>
    public const int MaxItems = 2_000;

    public bool IsNone => Drifted == 0;

    public static RepositoryDrift None(string repository) => new(repository, [], 0, 0, 0);

    public static RepositoryDrift Compare(ReleasedRepository released, IReadOnlyList<ManifestRow> rows)
    {
        var listed = new Dictionary<Digest, ManifestRow>();
        foreach (var row in rows)
        {
            listed[row.Digest] = row;
        }

        var items = new SortedSet<string>(StringComparer.Ordinal);
        var (missing, drifted) = (0, 0);
        foreach (var (digest, expected) in released.Manifests)
        {
            var before = items.Count;
            if (!listed.TryGetValue(digest, out var row))
            {
                items.Add($"missing {digest}");
                missing++;
            }
            else
            {
                missing += row.Readable ? 0 : 1;
                AddDifferences(items, digest, expected, row);
            }

            drifted += items.Count > before ? 1 : 0;
        }

        return new(released.Name, [.. items.Take(MaxItems)], missing, drifted, 0);
    }

    private static void AddDifferences(SortedSet<string> items, Digest digest, ExpectedManifest expected, ManifestRow row)
    {
        if (!row.Readable)
        {
            items.Add($"unreadable {digest}");
        }

        if (expected.IsReleased && !row.Locked)
        {
            items.Add($"unlocked {digest}");
        }

        foreach (var tag in expected.Tags.Except(row.Tags))
        {
            items.Add($"untagged {tag} {digest}");
        }
    }
}

/// <param name="IsReleased">It is the released image itself or its attestation, which a release locks; not a platform manifest or referrer of one.</param>
internal sealed record ExpectedManifest(bool IsReleased, IReadOnlyCollection<string> Tags);

/// <summary>What a repository was released with: every manifest, and the tags each should carry.</summary>
internal sealed record ReleasedRepository(string Name, IReadOnlyDictionary<Digest, ExpectedManifest> Manifests)
{
    private static readonly ExpectedManifest Part = new(false, []);
    private static readonly ExpectedManifest Locked = new(true, []);

    /// <param name="settledBy">Tags, locks and attestations of later releases may still be on their way to some replicas; their manifests are not, for a release proves them.</param>
    public static async Task<ReleasedRepository> LoadAsync(IReleasedImages released, string repository, DateTimeOffset settledBy, CancellationToken cancellationToken)
    {
        var manifests = new Dictionary<Digest, ExpectedManifest>();
        await foreach (var image in released.ListAsync(repository, cancellationToken))
        {
            var settled = image.ReleasedAt <= settledBy;
            foreach (var manifest in image.Manifests.Where(manifest => settled || manifest != image.Attestation))
            {
                manifests.TryAdd(manifest, Part);
            }

            if (image.Attestation is { } attestation && settled)
            {
                manifests[attestation] = Locked;
            }

            if (!settled)
            {
                manifests.TryAdd(image.Digest, Part);
                continue;
            }

            var tags = manifests.GetValueOrDefault(image.Digest, Part).Tags.Union(image.Tags);
            manifests[image.Digest] = new(true, [.. tags]);
        }

        return new(repository, manifests);
    }
}
