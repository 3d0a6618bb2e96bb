using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Registries;

/// <summary>The writes a replica accepts. Checks and change are one step under the lock.</summary>
internal sealed partial class RegistryStore
{
    public void LinkBlob(EmulatedReplica replica, string repository, Digest digest, long size)
    {
        lock (_gate)
        {
            if (replica.Content.Find(repository)?.Blob(digest) is null)
            {
                Commit_NeedsLock(replica, new Change { Kind = ChangeKind.LinkBlob, Repository = repository, Digest = digest, Size = size });
            }
        }
    }

    public WriteOutcome UnlinkBlob(EmulatedReplica replica, string repository, Digest digest)
    {
        lock (_gate)
        {
            var content = replica.Content.Find(repository);
            if (content?.Blob(digest) is null)
            {
                return WriteOutcome.NotFound.Value;
            }

            if (!content.Attributes.Deletable)
            {
                return WriteOutcome.Locked.Value;
            }

            Commit_NeedsLock(replica, new Change { Kind = ChangeKind.UnlinkBlob, Repository = repository, Digest = digest });
            return WriteOutcome.Done.Value;
        }
    }

    /// <summary>Stores a manifest whose bytes are in the blob store already.</summary>
    /// <param name="tag">Null to leave it untagged.</param>
    public WriteOutcome PutManifest(EmulatedReplica replica, string repository, Digest digest, ManifestInfo info, string? tag, RequestOrigin request)
    {
        lock (_gate)
        {
            var content = replica.Content.Find(repository);
            if (content is { Exists: true, Attributes.WriteEnabled: false } || (tag is not null && content?.Tag(tag) is { Attributes.WriteEnabled: false }))
            {
                return WriteOutcome.Locked.Value;
            }

            var missing = info.Blobs.Where(blob => content?.Blob(blob) is null)
                .Concat(info.Children.Where(child => content?.Manifest(child.Digest) is null).Select(child => child.Digest))
                .Distinct()
                .ToList();
            if (missing.Count > 0)
            {
                return new WriteOutcome.Missing(missing);
            }

            Commit_NeedsLock(replica, new Change
            {
                Kind = ChangeKind.PutManifest,
                Repository = repository,
                Digest = digest,
                Manifest = info,
                Attributes = Quarantines && content?.Manifest(digest) is null ? Attributes.Quarantined : null,
                Request = request,
            });
            if (tag is not null)
            {
                Commit_NeedsLock(replica, new Change { Kind = ChangeKind.SetTag, Repository = repository, Tag = tag, Digest = digest, Manifest = info, Request = request });
            }

            return WriteOutcome.Done.Value;
        }
    }

    public WriteOutcome DeleteManifest(EmulatedReplica replica, string repository, Digest digest, RequestOrigin request)
    {
        lock (_gate)
        {
            var content = replica.Content.Find(repository);
            if (content?.Manifest(digest) is not { } manifest)
            {
                return WriteOutcome.NotFound.Value;
            }

            if (!content.Attributes.Deletable || !manifest.Attributes.Deletable || content.Tags.Any(tag => tag.Digest == digest && !tag.Attributes.Deletable))
            {
                return WriteOutcome.Locked.Value;
            }

            Commit_NeedsLock(replica, new Change { Kind = ChangeKind.DeleteManifest, Repository = repository, Digest = digest, Manifest = manifest.Info, Request = request });
            return WriteOutcome.Done.Value;
        }
    }

    /// <summary>Untags; the manifest stays.</summary>
    public WriteOutcome DeleteTag(EmulatedReplica replica, string repository, string tag)
    {
        lock (_gate)
        {
            var content = replica.Content.Find(repository);
            if (content?.Tag(tag) is not { } entry)
            {
                return WriteOutcome.NotFound.Value;
            }

            if (!content.Attributes.Deletable || !entry.Attributes.Deletable)
            {
                return WriteOutcome.Locked.Value;
            }

            Commit_NeedsLock(replica, new Change { Kind = ChangeKind.DeleteTag, Repository = repository, Tag = tag });
            return WriteOutcome.Done.Value;
        }
    }

    public WriteOutcome DeleteRepository(EmulatedReplica replica, string repository, RequestOrigin request)
    {
        lock (_gate)
        {
            if (replica.Content.Find(repository) is not { Exists: true } content)
            {
                return WriteOutcome.NotFound.Value;
            }

            if (!content.Attributes.Deletable || content.Tags.Any(tag => !tag.Attributes.Deletable) || content.Manifests.Any(manifest => !manifest.Attributes.Deletable))
            {
                return WriteOutcome.Locked.Value;
            }

            var deleted = new WriteOutcome.RepositoryDeleted([.. content.Manifests.Select(manifest => manifest.Digest)], [.. content.Tags.Select(tag => tag.Name)]);
            foreach (var manifest in content.Manifests.ToList())
            {
                // One by one, because each deleted image is an event of its own.
                Commit_NeedsLock(replica, new Change { Kind = ChangeKind.DeleteManifest, Repository = repository, Digest = manifest.Digest, Manifest = manifest.Info, Request = request });
            }

            Commit_NeedsLock(replica, new Change { Kind = ChangeKind.DeleteRepository, Repository = repository });
            return deleted;
        }
    }

    /// <param name="tag">The tag whose attributes change.</param>
    /// <param name="digest">The manifest whose attributes change; neither for the repository's own.</param>
    /// <param name="local">Leaves the other replicas as they are.</param>
    public WriteOutcome SetAttributes(EmulatedReplica replica, string repository, string? tag, Digest? digest, Func<Attributes, Attributes> change, bool local = false)
    {
        lock (_gate)
        {
            var content = replica.Content.Find(repository);
            Entry? entry = tag is not null ? content?.Tag(tag) : digest is { } value ? content?.Manifest(value) : content is { Exists: true } ? content : null;
            if (entry is null)
            {
                return WriteOutcome.NotFound.Value;
            }

            Commit_NeedsLock(replica, new Change
            {
                Kind = ChangeKind.SetAttributes,
                Repository = repository,
                Tag = tag,
                Digest = digest,
                Attributes = change(entry.Attributes),
                Local = local,
            });
            return WriteOutcome.Done.Value;
        }
    }

    public void SetRouting(EmulatedReplica replica, bool enabled)
    {
        lock (_gate)
        {
            Commit_NeedsLock(replica, new Change { Kind = ChangeKind.SetRouting, Enabled = enabled, Local = true });
        }
    }

    public void RevertLock(EmulatedReplica replica, string repository, string reference)
    {
        var isDigest = Digest.TryParse(reference, out var digest);
        var outcome = SetAttributes(
            replica,
            repository,
            isDigest ? null : reference,
            isDigest ? digest : null,
            attributes => attributes with { WriteEnabled = true, DeleteEnabled = true },
            local: true);
        if (outcome is WriteOutcome.NotFound)
        {
            throw new ArgumentException($"'{repository}' has no '{reference}' in {replica.Region}.", nameof(reference));
        }
    }
}
