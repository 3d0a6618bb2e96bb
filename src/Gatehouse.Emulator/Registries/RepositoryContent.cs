using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Registries;

/// <summary>Something with lock attributes. Deleted entries stay as tombstones, so that an older change arriving late cannot bring them back.</summary>
internal abstract class Entry
{
    public DateTimeOffset Created { get; set; }

    public DateTimeOffset Updated { get; set; }

    public Attributes Attributes { get; set; } = Attributes.Default;

    public long Version { get; set; }

    public long AttributesVersion { get; set; }

    public bool Deleted { get; set; }

    public void Revive(Change change)
    {
        if (Version == 0 || Deleted)
        {
            Created = change.At;
            (Attributes, AttributesVersion) = (Attributes.Default, change.Sequence);
        }

        (Updated, Version, Deleted) = (change.At, change.Sequence, false);
    }

    public bool Set(Change change)
    {
        if (change.Sequence <= AttributesVersion || Deleted)
        {
            return false;
        }

        (Attributes, AttributesVersion, Updated) = (change.Attributes!, change.Sequence, change.At);
        return true;
    }
}

internal sealed class ManifestEntry(Digest digest, ManifestInfo info) : Entry
{
    public Digest Digest { get; } = digest;

    public ManifestInfo Info { get; set; } = info;
}

internal sealed class TagEntry(string name) : Entry
{
    public string Name { get; } = name;

    public Digest Digest { get; set; }
}

internal sealed class BlobLink
{
    public long Size { get; set; }

    public long Version { get; set; }

    public bool Deleted { get; set; }
}

/// <summary>One repository in one region.</summary>
internal sealed class RepositoryContent(string name) : Entry
{
    private readonly Dictionary<Digest, BlobLink> _blobs = [];
    private readonly Dictionary<Digest, ManifestEntry> _manifests = [];
    private readonly Dictionary<string, TagEntry> _tags = [];
    private readonly SortedNames _tagNames = new();
    private long _emptiedAt;

    public string Name { get; } = name;

    /// <summary>A repository exists while it holds a manifest; blobs alone do not make one.</summary>
    public bool Exists => ManifestCount > 0;

    public int ManifestCount { get; private set; }

    public int TagCount { get; private set; }

    public IEnumerable<ManifestEntry> Manifests => _manifests.Values.Where(manifest => !manifest.Deleted);

    public IEnumerable<TagEntry> Tags => TagsAfter(null);

    public IEnumerable<(Digest Digest, long Size)> Blobs => _blobs.Where(blob => !blob.Value.Deleted).Select(blob => (blob.Key, blob.Value.Size));

    public IEnumerable<TagEntry> TagsAfter(string? last) => _tagNames.After(last).Select(name => _tags[name]);

    public ManifestEntry? Manifest(Digest digest) => _manifests.TryGetValue(digest, out var entry) && !entry.Deleted ? entry : null;

    public TagEntry? Tag(string name) => _tags.TryGetValue(name, out var entry) && !entry.Deleted ? entry : null;

    /// <summary>Bytes; null when the repository does not hold the blob.</summary>
    public long? Blob(Digest digest) => _blobs.TryGetValue(digest, out var link) && !link.Deleted ? link.Size : null;

    /// <summary>False when a newer change made this one void.</summary>
    public bool Apply(Change change) => change.Sequence > _emptiedAt && change.Kind switch
    {
        ChangeKind.LinkBlob or ChangeKind.UnlinkBlob => ApplyBlob(change),
        ChangeKind.PutManifest => PutManifest(change),
        ChangeKind.SetTag => SetTag(change),
        ChangeKind.DeleteTag => _tags.TryGetValue(change.Tag!, out var tag) ? Delete(tag, change) : Bury(change),
        ChangeKind.DeleteManifest => DeleteManifest(change),
        ChangeKind.DeleteRepository => DeleteAll(change),
        ChangeKind.SetAttributes => SetAttributes(change),
        _ => false,
    };

    private bool ApplyBlob(Change change)
    {
        var link = _blobs.TryGetValue(change.Digest!.Value, out var known) ? known : _blobs[change.Digest.Value] = new BlobLink();
        if (change.Sequence <= link.Version)
        {
            return false;
        }

        (link.Size, link.Version, link.Deleted) = (change.Size, change.Sequence, change.Kind == ChangeKind.UnlinkBlob);
        return true;
    }

    private bool PutManifest(Change change)
    {
        var digest = change.Digest!.Value;
        if (!_manifests.TryGetValue(digest, out var entry))
        {
            entry = _manifests[digest] = new ManifestEntry(digest, change.Manifest!) { Deleted = true };
        }

        if (change.Sequence <= entry.Version)
        {
            return false;
        }

        ManifestCount += entry.Deleted ? 1 : 0;
        entry.Revive(change);
        entry.Info = change.Manifest!;
        if (change.Attributes is { } initial)
        {
            (entry.Attributes, entry.AttributesVersion) = (initial, change.Sequence);
        }

        Revive(change);
        return true;
    }

    private bool SetTag(Change change)
    {
        if (!_tags.TryGetValue(change.Tag!, out var entry))
        {
            entry = _tags[change.Tag!] = new TagEntry(change.Tag!) { Deleted = true };
        }

        if (change.Sequence <= entry.Version)
        {
            return false;
        }

        TagCount += entry.Deleted ? 1 : 0;
        entry.Revive(change);
        entry.Digest = change.Digest!.Value;
        _tagNames.Add(entry.Name);
        Updated = change.At;
        return true;
    }

    /// <summary>Remembers the deletion of a tag whose creation has not arrived yet.</summary>
    private bool Bury(Change change)
    {
        _tags[change.Tag!] = new TagEntry(change.Tag!) { Deleted = true, Version = change.Sequence };
        return false;
    }

    private bool DeleteManifest(Change change)
    {
        var digest = change.Digest!.Value;
        foreach (var tag in _tags.Values.Where(tag => tag.Digest == digest))
        {
            Delete(tag, change);
        }

        return _manifests.TryGetValue(digest, out var entry) && Delete(entry, change);
    }

    private bool DeleteAll(Change change)
    {
        foreach (var tag in _tags.Values)
        {
            Delete(tag, change);
        }

        foreach (var manifest in _manifests.Values)
        {
            Delete(manifest, change);
        }

        foreach (var blob in _blobs.Values.Where(blob => blob.Version < change.Sequence))
        {
            (blob.Version, blob.Deleted) = (change.Sequence, true);
        }

        (_emptiedAt, Attributes, AttributesVersion, Version) = (change.Sequence, Attributes.Default, change.Sequence, 0);
        return true;
    }

    private bool Delete(Entry entry, Change change)
    {
        if (change.Sequence <= entry.Version)
        {
            return false;
        }

        var already = entry.Deleted;
        (entry.Deleted, entry.Version, Updated) = (true, change.Sequence, change.At);
        if (already)
        {
            return false;
        }

        if (entry is TagEntry tag)
        {
            TagCount--;
            _tagNames.Remove(tag.Name);
        }
        else
        {
            ManifestCount--;
        }

        return true;
    }

    private bool SetAttributes(Change change) => change switch
    {
        { Tag: { } tag } => _tags.TryGetValue(tag, out var entry) && entry.Set(change),
        { Digest: { } digest } => _manifests.TryGetValue(digest, out var entry) && entry.Set(change),
        _ => Set(change),
    };
}
