using System.Text;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Watches;

/// <summary>Watches in one partition, ordered by repository; what each knows of its tags in a partition of its own.</summary>
internal sealed class WatchStore(IRecordStore records, ILedgerInbox inbox)
{
    public const string Table = "watches";

    private const string WatchPartition = "watches";
    private const string WatchPrefix = "watch~";
    private const string TagPrefix = "tag~";
    private const string BaselineRow = "baseline";

    private readonly LedgerOutbox _outbox = new(records, inbox);

    /// <summary>The same scope, repository and patterns always give the same id, so that a watch cannot be made twice.</summary>
    public static string MakeId(string scope, string repository, IEnumerable<string> tags) =>
        "w" + Digest.OfBytes(Encoding.UTF8.GetBytes($"{scope}\n{repository}\n{string.Join('\n', tags)}")).Hex[..21];

    public Task FlushAsync(CancellationToken cancellationToken) => _outbox.FlushAsync(Table, WatchPartition, cancellationToken);

    public IAsyncEnumerable<Watch> ListAsync(CancellationToken cancellationToken) => QueryAsync(WatchPrefix, cancellationToken);

    public IAsyncEnumerable<Watch> ListAsync(string repository, CancellationToken cancellationToken) =>
        QueryAsync(WatchPrefix + RepositoryKey(repository) + "~", cancellationToken);

    public async Task<Watch?> FindAsync(string repository, string id, CancellationToken cancellationToken)
    {
        var record = await records.GetAsync(new(Table, WatchPartition, WatchRow(repository, id)), cancellationToken);
        return record is null ? null : Read(record);
    }

    /// <returns>False when it is there already.</returns>
    public async Task<bool> AddAsync(Watch watch, LedgerEvent created, CancellationToken cancellationToken)
    {
        // A deleted watch of the same id may have left what it knew.
        await ForgetAsync(watch.Id, cancellationToken);
        var batch = new RecordBatch(Table, WatchPartition)
            .Insert(WatchRow(watch.Repository, watch.Id), JsonSerializer.SerializeToUtf8Bytes(watch, WatchJson.Default.Watch));
        return await CommitAsync(WatchPartition, LedgerOutbox.Add(batch, created), [created], cancellationToken);
    }

    /// <returns>False when it is gone already.</returns>
    public async Task<bool> DeleteAsync(Watch watch, LedgerEvent deleted, CancellationToken cancellationToken)
    {
        var batch = new RecordBatch(Table, WatchPartition).Delete(WatchRow(watch.Repository, watch.Id));
        var gone = await CommitAsync(WatchPartition, LedgerOutbox.Add(batch, deleted), [deleted], cancellationToken);
        await ForgetAsync(watch.Id, cancellationToken);
        return gone;
    }

    /// <summary>All it knows of its tags, in one query; events an earlier run left are delivered on the way.</summary>
    public async Task<(Dictionary<string, StoredTag> Tags, bool HasBaseline)> LoadTagsAsync(string watch, CancellationToken cancellationToken)
    {
        var tags = new Dictionary<string, StoredTag>();
        var (hasBaseline, hasEvents) = (false, false);
        await foreach (var record in records.QueryAsync(new RecordQuery(Table, TagPartition(watch)), cancellationToken))
        {
            if (record.Key.Row.StartsWith(TagPrefix, StringComparison.Ordinal))
            {
                var tag = ReadTag(record);
                tags[tag.State.Tag] = tag;
            }
            else
            {
                hasBaseline |= record.Key.Row == BaselineRow;
                hasEvents |= record.Key.Row != BaselineRow;
            }
        }

        if (hasEvents)
        {
            await _outbox.FlushAsync(Table, TagPartition(watch), cancellationToken);
        }

        return (tags, hasBaseline);
    }

    public async Task<StoredTag> GetTagAsync(string watch, string tag, CancellationToken cancellationToken)
    {
        var record = await records.GetAsync(new(Table, TagPartition(watch), TagPrefix + tag), cancellationToken);
        return record is null ? new(new WatchedTag(tag, null, false, 0), null) : ReadTag(record);
    }

    public async Task<bool> HasBaselineAsync(string watch, CancellationToken cancellationToken) =>
        await records.GetAsync(new(Table, TagPartition(watch), BaselineRow), cancellationToken) is not null;

    /// <summary>Writes what was first seen of tags, in full batches; a row another run wrote meanwhile stands.</summary>
    public async Task AddBaselineAsync(string watch, IReadOnlyCollection<WatchedTag> tags, bool complete, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var chunk in tags.Chunk(RecordLimits.MaxBatchOperations))
        {
            if (!(await records.CommitAsync(Inserts(watch, chunk), cancellationToken)).IsCommitted)
            {
                foreach (var tag in chunk)
                {
                    await records.CommitAsync(Inserts(watch, [tag]), cancellationToken);
                }
            }
        }

        // Last, so that a crash before it only repeats the baseline.
        if (complete)
        {
            var data = JsonSerializer.SerializeToUtf8Bytes(new WatchBaseline(at), WatchJson.Default.WatchBaseline);
            await records.CommitAsync(new RecordBatch(Table, TagPartition(watch)).Upsert(BaselineRow, data), cancellationToken);
        }
    }

    /// <summary>Writes a tag's new state with its event.</summary>
    /// <returns>False when another run changed the row first.</returns>
    public Task<bool> SaveTagAsync(string watch, WatchedTag state, string? etag, LedgerEvent? moved, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(state, WatchJson.Default.WatchedTag);
        var batch = new RecordBatch(Table, TagPartition(watch));
        _ = etag is null ? batch.Insert(TagPrefix + state.Tag, data) : batch.Replace(TagPrefix + state.Tag, data, etag);
        if (moved is not null)
        {
            LedgerOutbox.Add(batch, moved);
        }

        return CommitAsync(TagPartition(watch), batch, moved is null ? [] : [moved], cancellationToken);
    }

    private async Task<bool> CommitAsync(string partition, RecordBatch batch, IReadOnlyList<LedgerEvent> events, CancellationToken cancellationToken)
    {
        if (!(await records.CommitAsync(batch, cancellationToken)).IsCommitted)
        {
            return false;
        }

        await _outbox.DeliverAsync(Table, partition, events, cancellationToken);
        return true;
    }

    private async Task ForgetAsync(string watch, CancellationToken cancellationToken)
    {
        await _outbox.FlushAsync(Table, TagPartition(watch), cancellationToken);
        var rows = new List<string>();
        await foreach (var record in records.QueryAsync(new RecordQuery(Table, TagPartition(watch)), cancellationToken))
        {
            rows.Add(record.Key.Row);
        }

        foreach (var row in rows)
        {
            // One by one: a row that another run deletes first must not keep the others.
            await records.CommitAsync(new RecordBatch(Table, TagPartition(watch)).Delete(row), cancellationToken);
        }
    }

    private async IAsyncEnumerable<Watch> QueryAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in records.QueryAsync(RecordQuery.Prefix(Table, WatchPartition, prefix), cancellationToken))
        {
            yield return Read(record);
        }
    }

    private static RecordBatch Inserts(string watch, IEnumerable<WatchedTag> tags) => tags.Aggregate(
        new RecordBatch(Table, TagPartition(watch)),
        (batch, tag) => batch.Insert(TagPrefix + tag.Tag, JsonSerializer.SerializeToUtf8Bytes(tag, WatchJson.Default.WatchedTag)));

    private static string TagPartition(string watch) => "tags~" + RecordKeys.Encode(watch);

    private static string WatchRow(string repository, string id) => $"{WatchPrefix}{RepositoryKey(repository)}~{RecordKeys.Encode(id)}";

    /// <summary>'!' stands for '/', which keys may not hold; references have no '!'.</summary>
    private static string RepositoryKey(string repository) => RecordKeys.Encode(repository.Replace('/', '!'));

    private static Watch Read(Record record) => JsonSerializer.Deserialize(record.Data.Span, WatchJson.Default.Watch)
        ?? throw new RecordStoreException($"{record.Key} holds no watch.");

    private static StoredTag ReadTag(Record record) => new(
        JsonSerializer.Deserialize(record.Data.Span, WatchJson.Default.WatchedTag) ?? throw new RecordStoreException($"{record.Key} holds no tag."),
        record.ETag);
}
