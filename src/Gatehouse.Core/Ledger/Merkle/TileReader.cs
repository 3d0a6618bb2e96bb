using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger.Merkle;

/// <summary>Reads nodes from stored tiles and the head's edge, each tile once. For one proof: it keeps what it read.</summary>
internal sealed class TileReader(IRecordStore store, TileTree head)
{
    private readonly Dictionary<(int Level, long Index), IReadOnlyList<byte[]>> _tiles = [];

    public async ValueTask<byte[]> ReadNodeAsync(int height, long index, CancellationToken cancellationToken)
    {
        var (level, rise) = Math.DivRem(height, TileTree.Height);
        var first = index << rise;
        var tile = await ReadTileAsync(level, first / TileTree.Width, cancellationToken);
        return TileTree.RootOf(tile, (int)(first % TileTree.Width), 1 << rise);
    }

    private async ValueTask<IReadOnlyList<byte[]>> ReadTileAsync(int level, long index, CancellationToken cancellationToken)
    {
        if (index == head.Size >> (TileTree.Height * (level + 1)))
        {
            return head.EdgeOf(level);
        }

        if (_tiles.TryGetValue((level, index), out var tile))
        {
            return tile;
        }

        var record = await store.GetAsync(new RecordKey(LedgerKeys.Table, LedgerKeys.TilePartition(level), LedgerKeys.TileRow(index)), cancellationToken);
        if (record?.Data.Length != TileTree.Width * MerkleHash.Length)
        {
            throw new InvalidDataException($"The ledger's tile {index} of level {level} is missing or damaged.");
        }

        return _tiles[(level, index)] = [.. record.Data.ToArray().Chunk(MerkleHash.Length)];
    }
}
