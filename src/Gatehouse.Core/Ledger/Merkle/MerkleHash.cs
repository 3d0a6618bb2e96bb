using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Core.Ledger.Merkle;

/// <summary>Hashes of leaves and nodes, told apart by a first byte. Source: RFC 6962 section 2.1.</summary>
internal static class MerkleHash
{
    public const int Length = SHA256.HashSizeInBytes;

    public const byte LeafPrefix = 0;

    private const byte NodePrefix = 1;

    /// <summary>The root of the empty tree.</summary>
    public static byte[] Empty() => SHA256.HashData([]);

    public static byte[] Leaf(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafPrefix]);
        hash.AppendData(data);
        return hash.GetHashAndReset();
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var node = new byte[Length];
        Node(left, right, node);
        return node;
    }

    /// <summary><paramref name="node"/> may be <paramref name="left"/> or <paramref name="right"/> itself.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> both = stackalloc byte[1 + (2 * Length)];
        both[0] = NodePrefix;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + Length)..]);
        SHA256.HashData(both, node);
    }

    /// <summary>Where a tree of <paramref name="size"/> leaves (at least 2) splits: the largest power of two below it.</summary>
    public static long Split(long size) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(size - 1)));
}
