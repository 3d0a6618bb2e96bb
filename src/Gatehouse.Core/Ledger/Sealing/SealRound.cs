using System.Globalization;
using System.Text;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger.Sealing;

/// <param name="Adopted">How many of the sealed a sealer that died had already written.</param>
/// <param name="LostTo">Where another sealer was met; null when none was.</param>
internal sealed record SealOutcome(int Sealed, long Size, int Adopted = 0, bool HasMore = false, string? LostTo = null);

/// <summary>
/// One pass: entries are inserted, never replaced, so index k is written only by a sealer that saw all entries before it;
/// the replacement of the head commits. Order matters: entries, markers, tiles, head, and only then are pending rows deleted.
/// </summary>
internal sealed class SealRound(IRecordStore store, ICheckpointSigner signer, TimeProvider clock, LedgerOptions options)
{
    private readonly EntryReader _entries = new(store);
    private readonly PendingReader _pending = new(store, options.MaxEventsPerRound);

    public async Task<SealOutcome> RunAsync(CancellationToken cancellationToken)
    {
        // Before the entries and these before what waits: whatever is sealed meanwhile makes an insert or the head's replacement fail.
        var head = await LedgerHead.ReadAsync(store, cancellationToken);
        var log = await AdoptAsync(head, cancellationToken);
        var adopted = log.Count;
        var waiting = await _pending.ReadAsync(cancellationToken);
        log.AddRange(await FreshAsync(waiting.Events, head, log, cancellationToken));
        if (log.Count > 0)
        {
            if (!await InsertAsync(log.Skip(adopted), head.Size + adopted, cancellationToken))
            {
                return new SealOutcome(0, head.Size, LostTo: "an entry");
            }

            await MarkAsync(log, head.Size, cancellationToken);
            if (!await CommitAsync(log, head, cancellationToken))
            {
                return new SealOutcome(0, head.Size, LostTo: "the head");
            }
        }

        await ForgetAsync(waiting.Events, cancellationToken);
        return new SealOutcome(log.Count, head.Size + log.Count, adopted, waiting.IsPartial);
    }

    /// <summary>Entries beyond the head: a sealer wrote them and died. They are the ledger's next entries, whatever waits.</summary>
    private async Task<List<PendingEvent>> AdoptAsync(LedgerHead head, CancellationToken cancellationToken)
    {
        var adopted = new List<PendingEvent>();
        await foreach (var entry in _entries.ReadAsync(head.Size, long.MaxValue, cancellationToken))
        {
            var id = LedgerEventJson.Parse(entry.Data.Span).Id;
            adopted.Add(new PendingEvent(id, LedgerKeys.InboxPartitionOf(id), entry.Data));
        }

        return adopted;
    }

    /// <summary>Those that wait and are neither signed nor adopted, in the order of their ids.</summary>
    private async Task<IEnumerable<PendingEvent>> FreshAsync(IReadOnlyList<PendingEvent> waiting, LedgerHead head, List<PendingEvent> adopted, CancellationToken cancellationToken)
    {
        var markers = await _pending.ReadMarkersAsync(waiting, cancellationToken);
        var present = adopted.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        return waiting
            .Where(entry => !present.Contains(entry.Id) && !(markers.TryGetValue(entry.Id, out var index) && index < head.Size))
            .OrderBy(entry => entry.Id, StringComparer.Ordinal);
    }

    /// <summary>In order, one after another: a gap would make what follows it unadoptable.</summary>
    private async Task<bool> InsertAsync(IEnumerable<PendingEvent> entries, long first, CancellationToken cancellationToken)
    {
        var indexed = entries.Select((entry, i) => (Index: first + i, entry.Data));
        foreach (var partition in indexed.GroupBy(entry => LedgerKeys.EntryPartition(entry.Index), StringComparer.Ordinal))
        {
            foreach (var rows in InboxBatches.Cut(partition, entry => entry.Data.Length))
            {
                var batch = rows.Aggregate(new RecordBatch(LedgerKeys.Table, partition.Key), (batch, entry) => batch.Insert(LedgerKeys.EntryRow(entry.Index), entry.Data));
                if (!(await store.CommitAsync(batch, cancellationToken)).IsCommitted)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Markers only repeat what the entries say, so writing them again, or by two sealers, changes nothing.</summary>
    private Task MarkAsync(List<PendingEvent> log, long first, CancellationToken cancellationToken) =>
        Task.WhenAll(log.Select((entry, i) => (entry.Partition, Row: LedgerKeys.MarkerPrefix + entry.Id, Index: first + i))
            .GroupBy(marker => marker.Partition, StringComparer.Ordinal)
            .Select(async partition =>
            {
                foreach (var rows in InboxBatches.Cut(partition, _ => 0))
                {
                    await UpsertAsync(partition.Key, rows.Select(marker => (marker.Row, Encoding.ASCII.GetBytes(marker.Index.ToString(CultureInfo.InvariantCulture)))), cancellationToken);
                }
            }));

    private async Task<bool> CommitAsync(List<PendingEvent> log, LedgerHead head, CancellationToken cancellationToken)
    {
        var (tree, tiles) = (TileTree.Restore(head.Size, head.Tree.Edge()), new List<Tile>());
        foreach (var entry in log)
        {
            tree.Append(MerkleHash.Leaf(entry.Data.Span), tiles);
        }

        foreach (var level in tiles.GroupBy(tile => tile.Level))
        {
            foreach (var rows in InboxBatches.Cut(level, tile => tile.Hashes.Length))
            {
                await UpsertAsync(LedgerKeys.TilePartition(level.Key), rows.Select(tile => (LedgerKeys.TileRow(tile.Index), tile.Hashes)), cancellationToken);
            }
        }

        var body = new CheckpointBody(options.Origin, tree.Size, tree.Root(), clock.GetUtcNow()).ToString();
        var signature = await signer.SignAsync(Encoding.UTF8.GetBytes(body), cancellationToken);
        return await head.ReplaceAsync(store, tree, new SignedCheckpoint(body, signature.Value, signature.KeyId, signature.PublicKey), cancellationToken);
    }

    /// <summary>All that was read is in the signed log by now.</summary>
    private Task ForgetAsync(IReadOnlyList<PendingEvent> waiting, CancellationToken cancellationToken) =>
        Task.WhenAll(waiting.GroupBy(entry => entry.Partition, StringComparer.Ordinal)
            .Select(async partition =>
            {
                foreach (var rows in InboxBatches.Cut(partition, _ => 0))
                {
                    await InboxBatches.DeletePresentAsync(store, partition.Key, rows.Select(entry => LedgerKeys.PendingPrefix + entry.Id), cancellationToken);
                }
            }));

    private async Task UpsertAsync(string partition, IEnumerable<(string Row, byte[] Data)> rows, CancellationToken cancellationToken)
    {
        var batch = rows.Aggregate(new RecordBatch(LedgerKeys.Table, partition), (batch, row) => batch.Upsert(row.Row, row.Data));
        var result = await store.CommitAsync(batch, cancellationToken);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException($"The store refused an upsert in '{partition}': {result.Outcome}.");
        }
    }
}
