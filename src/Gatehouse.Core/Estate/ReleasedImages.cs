using System.Runtime.CompilerServices;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Records;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Estate;

/// <summary>
/// Releases over the record store. Index rows are written first, because alone they are harmless; then one transaction in the
/// repository's partition writes the release and takes its tags from older ones.
/// </summary>
internal sealed class ReleasedImages(IRecordStore records, ILogger<ReleasedImages> logger) : IReleasedImages
{
    private const int MaxAttempts = 10;

    /// <summary>A batch holds the release, and for every tag its row and at most one older release.</summary>
    private const int MaxTags = (RecordLimits.MaxBatchOperations - 1) / 2;

    public async Task AddAsync(ReleasedImage image, CancellationToken cancellationToken)
    {
        if (!ImageReference.IsRepository(image.Repository) || image.Tags.Count > MaxTags)
        {
            throw new ArgumentException($"A release needs a valid repository and at most {MaxTags} tags; this one has '{image.Repository}' and {image.Tags.Count}.", nameof(image));
        }

        await WriteIndexAsync(image, cancellationToken);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await TryWriteAsync(image, cancellationToken))
            {
                return;
            }
        }

        throw new RecordStoreException($"The release of {image.Repository}@{image.Digest} met {MaxAttempts} competing writes.");
    }

    public async Task<IReadOnlyList<ReleasedImage>> FindAsync(Digest digest, CancellationToken cancellationToken)
    {
        var found = new List<ReleasedImage>();
        await foreach (var record in records.QueryAsync(new RecordQuery(ReleaseKeys.Table, ReleaseKeys.DigestPartition(digest)), cancellationToken))
        {
            var pointer = JsonSerializer.Deserialize(record.Data.Span, EstateJson.Default.ReleasePointer)!;
            if (await GetAsync(pointer.Repository, digest, pointer.Intake, cancellationToken) is { } stored)
            {
                found.Add(stored.Image);
            }
        }

        return found;
    }

    public async Task<bool> IsKnownAsync(string repository, Digest manifest, CancellationToken cancellationToken) =>
        ImageReference.IsRepository(repository)
        && await records.GetAsync(new(ReleaseKeys.Table, ReleaseKeys.RepositoryPartition(repository), ReleaseKeys.ManifestRow(manifest)), cancellationToken) is not null;

    public async IAsyncEnumerable<string> ListRepositoriesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in records.QueryAsync(new RecordQuery(ReleaseKeys.Table, ReleaseKeys.Repositories), cancellationToken))
        {
            yield return ReleaseKeys.DecodeRepository(record.Key.Row);
        }
    }

    public async IAsyncEnumerable<ReleasedImage> ListAsync(string repository, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = RecordQuery.Prefix(ReleaseKeys.Table, ReleaseKeys.RepositoryPartition(repository), ReleaseKeys.ReleasePrefix);
        await foreach (var record in records.QueryAsync(query, cancellationToken))
        {
            yield return Read(record);
        }
    }

    private async Task WriteIndexAsync(ReleasedImage image, CancellationToken cancellationToken)
    {
        await CommitAsync(new RecordBatch(ReleaseKeys.Table, ReleaseKeys.Repositories).Upsert(ReleaseKeys.EncodeRepository(image.Repository), "{}"u8.ToArray()), cancellationToken);
        var pointer = JsonSerializer.SerializeToUtf8Bytes(new ReleasePointer(image.Repository, image.Intake), EstateJson.Default.ReleasePointer);
        await CommitAsync(
            new RecordBatch(ReleaseKeys.Table, ReleaseKeys.DigestPartition(image.Digest)).Upsert(ReleaseKeys.PointerRow(image.Repository, image.Intake), pointer),
            cancellationToken);
        foreach (var manifests in image.Manifests.Append(image.Digest).Distinct().Chunk(RecordLimits.MaxBatchOperations))
        {
            var batch = new RecordBatch(ReleaseKeys.Table, ReleaseKeys.RepositoryPartition(image.Repository));
            foreach (var manifest in manifests)
            {
                batch.Upsert(ReleaseKeys.ManifestRow(manifest), "{}"u8.ToArray());
            }

            await CommitAsync(batch, cancellationToken);
        }
    }

    /// <returns>False when another writer came between; the caller reads again.</returns>
    private async Task<bool> TryWriteAsync(ReleasedImage image, CancellationToken cancellationToken)
    {
        var partition = ReleaseKeys.RepositoryPartition(image.Repository);
        var batch = new RecordBatch(ReleaseKeys.Table, partition);
        var stored = await GetAsync(image.Repository, image.Digest, image.Intake, cancellationToken);
        var losers = new Dictionary<string, StoredRelease>();
        var taken = new List<string>();
        foreach (var tag in image.Tags.Distinct())
        {
            var record = await records.GetAsync(new(ReleaseKeys.Table, partition, ReleaseKeys.TagRow(tag)), cancellationToken);
            var holder = record is null ? null : JsonSerializer.Deserialize(record.Data.Span, EstateJson.Default.TagHolder);
            if (holder is not null && !holder.GivesWayTo(image))
            {
                continue;
            }

            taken.Add(tag);
            if (holder?.Digest == image.Digest && holder.Intake == image.Intake)
            {
                continue;
            }

            var data = JsonSerializer.SerializeToUtf8Bytes(new TagHolder(image.Digest, image.Intake, image.ReleasedAt), EstateJson.Default.TagHolder);
            _ = record is null ? batch.Insert(ReleaseKeys.TagRow(tag), data) : batch.Replace(ReleaseKeys.TagRow(tag), data, record.ETag);
            await TakeFromAsync(losers, image.Repository, holder, tag, cancellationToken);
        }

        foreach (var (row, loser) in losers)
        {
            batch.Replace(row, Write(loser.Image), loser.ETag);
        }

        return await CommitReleaseAsync(batch, image, taken, stored, losers.Count, cancellationToken);
    }

    private async Task TakeFromAsync(Dictionary<string, StoredRelease> losers, string repository, TagHolder? holder, string tag, CancellationToken cancellationToken)
    {
        if (holder is null)
        {
            return;
        }

        var row = ReleaseKeys.ReleaseRow(holder.Digest, holder.Intake);
        if ((losers.GetValueOrDefault(row) ?? await GetAsync(repository, holder.Digest, holder.Intake, cancellationToken)) is { } loser)
        {
            losers[row] = loser with { Image = loser.Image with { Tags = [.. loser.Image.Tags.Where(other => other != tag)] } };
        }
    }

    private async Task<bool> CommitReleaseAsync(RecordBatch batch, ReleasedImage image, List<string> taken, StoredRelease? stored, int moved, CancellationToken cancellationToken)
    {
        var row = ReleaseKeys.ReleaseRow(image.Digest, image.Intake);
        if (stored is null)
        {
            batch.Insert(row, Write(image with { Tags = taken }));
        }
        else
        {
            var merged = stored.Image with
            {
                Tags = [.. stored.Image.Tags.Union(taken)],
                Manifests = [.. stored.Image.Manifests.Union(image.Manifests)],
                Attestation = stored.Image.Attestation ?? image.Attestation,
            };
            if (merged.Tags.Count != stored.Image.Tags.Count || merged.Manifests.Count != stored.Image.Manifests.Count)
            {
                batch.Replace(row, Write(merged), stored.ETag);
            }
        }

        if (batch.Operations.Count == 0)
        {
            return true;
        }

        var committed = await records.CommitAsync(batch, cancellationToken);
        if (committed.IsCommitted)
        {
            Log.ReleaseRecorded(logger, image.Repository, image.Digest.ToString(), image.Intake, moved);
        }

        return committed.IsCommitted;
    }

    private async Task<StoredRelease?> GetAsync(string repository, Digest digest, string intake, CancellationToken cancellationToken)
    {
        var key = new RecordKey(ReleaseKeys.Table, ReleaseKeys.RepositoryPartition(repository), ReleaseKeys.ReleaseRow(digest, intake));
        return await records.GetAsync(key, cancellationToken) is { } record ? new(Read(record), record.ETag) : null;
    }

    private async Task CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var result = await records.CommitAsync(batch, cancellationToken);
        if (!result.IsCommitted)
        {
            throw new RecordStoreException($"An upsert into {batch.Table}({batch.Partition}) answered {result.Outcome}.");
        }
    }

    private static ReleasedImage Read(Record record) => JsonSerializer.Deserialize(record.Data.Span, EstateJson.Default.ReleasedImage)
        ?? throw new RecordStoreException($"{record.Key} holds no release.");

    private static byte[] Write(ReleasedImage image) => JsonSerializer.SerializeToUtf8Bytes(image, EstateJson.Default.ReleasedImage);

    private sealed record StoredRelease(ReleasedImage Image, string ETag);
}
