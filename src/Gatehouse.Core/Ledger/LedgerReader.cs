using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger;

/// <summary>Serves what the newest checkpoint signs, and nothing beyond it.</summary>
internal sealed class LedgerReader(IRecordStore store, ICheckpointSigner signer) : ILedger
{
    private readonly EntryReader _entries = new(store);

    public async Task<Checkpoint?> GetCheckpointAsync(CancellationToken cancellationToken) =>
        (await LedgerHead.ReadAsync(store, cancellationToken)).Signed?.ToCheckpoint();

    public async Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken) =>
        (await LedgerHead.ReadAsync(store, cancellationToken)).Signed?.PublicKey ?? await signer.GetPublicKeyAsync(cancellationToken);

    public async IAsyncEnumerable<LedgerEntry> ReadAsync(long from, long count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var head = await LedgerHead.ReadAsync(store, cancellationToken);
        var end = count > head.Size - from ? head.Size : from + count;
        var next = from;
        await foreach (var entry in _entries.ReadAsync(from, end, cancellationToken))
        {
            next++;
            yield return entry;
        }

        if (next < end)
        {
            throw new InvalidDataException($"The ledger's entry {next} is missing, although {head.Size} are signed.");
        }
    }

    public async Task<Result<long>> FindAsync(string eventId, CancellationToken cancellationToken)
    {
        var row = LedgerKeys.MarkerPrefix + eventId;
        if (!RecordKeys.IsValid(row))
        {
            return LedgerErrors.EntryUnknown(eventId);
        }

        // The head first: a marker read after it is there for every entry the head signs.
        var head = await LedgerHead.ReadAsync(store, cancellationToken);
        var marker = await store.GetAsync(new RecordKey(LedgerKeys.Table, LedgerKeys.InboxPartitionOf(eventId), row), cancellationToken);
        return marker is not null && IndexOf(marker) is var index && index < head.Size ? index : LedgerErrors.EntryUnknown(eventId);
    }

    public async Task<Result<InclusionProof>> ProveInclusionAsync(long index, long size, CancellationToken cancellationToken)
    {
        var head = await LedgerHead.ReadAsync(store, cancellationToken);
        if (Check("size", size, head) is { } refusal)
        {
            return refusal;
        }

        if (index < 0 || index >= size)
        {
            return LedgerErrors.IndexOutOfRange(index, size);
        }

        var tiles = new TileReader(store, head.Tree);
        var path = await MerkleProofs.InclusionAsync(index, size, tiles.ReadNodeAsync, cancellationToken);
        return new InclusionProof(index, size, await tiles.ReadNodeAsync(0, index, cancellationToken), path);
    }

    public async Task<Result<ConsistencyProof>> ProveConsistencyAsync(long firstSize, long secondSize, CancellationToken cancellationToken)
    {
        var head = await LedgerHead.ReadAsync(store, cancellationToken);
        if (Check("secondSize", secondSize, head) is { } refusal)
        {
            return refusal;
        }

        if (firstSize < 1 || firstSize > secondSize)
        {
            return LedgerErrors.SizeOutOfRange("firstSize", firstSize, secondSize);
        }

        var path = await MerkleProofs.ConsistencyAsync(firstSize, secondSize, new TileReader(store, head.Tree).ReadNodeAsync, cancellationToken);
        return new ConsistencyProof(firstSize, secondSize, path);
    }

    public async Task ExportAsync(Stream destination, CancellationToken cancellationToken)
    {
        var head = await LedgerHead.ReadAsync(store, cancellationToken);
        var signed = head.Signed ?? throw new InvalidOperationException("The ledger has no signed checkpoint yet, so there is nothing to export.");
        await LedgerExport.WriteAsync(signed, _entries.ReadAsync(0, head.Size, cancellationToken), head.Size, destination, cancellationToken);
    }

    /// <summary>The index a marker row names.</summary>
    public static long IndexOf(Record marker) => long.Parse(Encoding.ASCII.GetString(marker.Data.Span), NumberStyles.None, CultureInfo.InvariantCulture);

    private static Error? Check(string field, long size, LedgerHead head)
    {
        if (head.Signed is null)
        {
            return LedgerErrors.NothingSealed();
        }

        return size < 1 || size > head.Size ? LedgerErrors.SizeOutOfRange(field, size, head.Size) : null;
    }
}
