namespace Gatehouse.Core.Ledger.Merkle;

/// <summary>256 hashes of one level, complete and final.</summary>
/// <param name="Level">0 for leaf hashes; each level above summarises 256 times as many leaves.</param>
internal sealed record Tile(int Level, long Index, byte[] Hashes);

/// <summary>The growing edge of a tree stored in tiles of height 8: the incomplete tile of every level. Source: C2SP tlog-tiles.</summary>
internal sealed class TileTree
{
    public const int Height = 8;
    public const int Width = 1 << Height;

    private readonly List<List<byte[]>> _edge = [];

    public long Size { get; private set; }

    /// <param name="edge">The hashes of each level's incomplete tile, end to end, as <see cref="Edge"/> gave them.</param>
    /// <exception cref="InvalidDataException">The edge is not that of a tree of <paramref name="size"/> leaves.</exception>
    public static TileTree Restore(long size, IReadOnlyList<byte[]> edge)
    {
        var tree = new TileTree { Size = size };
        for (var level = 0; level < edge.Count; level++)
        {
            if (edge[level].Length != ((size >> (Height * level)) & (Width - 1)) * MerkleHash.Length)
            {
                throw new InvalidDataException($"The ledger's head is damaged: level {level} of its edge does not belong to {size} entries.");
            }

            tree._edge.Add([.. edge[level].Chunk(MerkleHash.Length)]);
        }

        return size >> (Height * edge.Count) == 0
            ? tree
            : throw new InvalidDataException($"The ledger's head is damaged: its edge has {edge.Count} levels, too few for {size} entries.");
    }

    public IReadOnlyList<byte[]> Edge() => [.. _edge.Select(level => level.SelectMany(hash => hash).ToArray())];

    /// <summary>Hashes of the incomplete tile of a level.</summary>
    public IReadOnlyList<byte[]> EdgeOf(int level) => level < _edge.Count ? _edge[level] : [];

    /// <summary>Appends a leaf hash; tiles it completes are added to <paramref name="completed"/>.</summary>
    public void Append(byte[] leafHash, List<Tile> completed)
    {
        Size++;
        var hash = leafHash;
        for (var level = 0; ; level++)
        {
            if (level == _edge.Count)
            {
                _edge.Add([]);
            }

            _edge[level].Add(hash);
            if (_edge[level].Count < Width)
            {
                return;
            }

            hash = RootOf(_edge[level], 0, Width);
            completed.Add(new Tile(level, (Size >> (Height * (level + 1))) - 1, [.. _edge[level].SelectMany(one => one)]));
            _edge[level].Clear();
        }
    }

    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var level in _edge)
        {
            // From right to left: the lower the bit of the count, the further right its complete subtree.
            var end = level.Count;
            for (var width = 1; width <= level.Count; width <<= 1)
            {
                if ((level.Count & width) != 0)
                {
                    end -= width;
                    var peak = RootOf(level, end, width);
                    root = root is null ? peak : MerkleHash.Node(peak, root);
                }
            }
        }

        return root ?? MerkleHash.Empty();
    }

    /// <summary>Root of <paramref name="count"/> (a power of two) neighbouring hashes.</summary>
    public static byte[] RootOf(IReadOnlyList<byte[]> hashes, int start, int count)
    {
        if (count == 1)
        {
            return hashes[start];
        }

        var half = count / 2;
        return MerkleHash.Node(RootOf(hashes, start, half), RootOf(hashes, start + half, half));
    }
}
