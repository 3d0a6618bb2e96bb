namespace Gatehouse.Core.Ledger.Merkle;

/// <summary>A growing tree as the roots of its complete subtrees only: 32 bytes for each bit of its size.</summary>
internal sealed class CompactRange
{
    private readonly byte[] _peaks = new byte[64 * MerkleHash.Length];
    private int _count;

    public long Size { get; private set; }

    public void Append(ReadOnlySpan<byte> leafHash)
    {
        leafHash.CopyTo(Peak(_count++));
        for (var size = Size++; (size & 1) == 1; size >>= 1)
        {
            _count--;
            MerkleHash.Node(Peak(_count - 1), Peak(_count), Peak(_count - 1));
        }
    }

    public byte[] Root()
    {
        if (_count == 0)
        {
            return MerkleHash.Empty();
        }

        var root = Peak(_count - 1).ToArray();
        for (var i = _count - 2; i >= 0; i--)
        {
            MerkleHash.Node(Peak(i), root, root);
        }

        return root;
    }

    private Span<byte> Peak(int i) => _peaks.AsSpan(i * MerkleHash.Length, MerkleHash.Length);
}
