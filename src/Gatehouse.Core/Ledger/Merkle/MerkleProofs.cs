using System.Numerics;

namespace Gatehouse.Core.Ledger.Merkle;

/// <summary>The root of the complete subtree that is number <c>index</c> among those of 2^<c>height</c> leaves.</summary>
internal delegate ValueTask<byte[]> NodeReader(int height, long index, CancellationToken cancellationToken);

/// <summary>Builds proofs from stored nodes. Source: RFC 6962 sections 2.1.1 and 2.1.2.</summary>
internal static class MerkleProofs
{
    public static async Task<IReadOnlyList<byte[]>> InclusionAsync(long index, long size, NodeReader nodes, CancellationToken cancellationToken)
    {
        var path = new List<byte[]>();
        var (low, high) = (0L, size);
        while (high - low > 1)
        {
            var middle = low + MerkleHash.Split(high - low);
            var left = index < middle;
            path.Add(left ? await RootAsync(middle, high, nodes, cancellationToken) : await RootAsync(low, middle, nodes, cancellationToken));
            (low, high) = left ? (low, middle) : (middle, high);
        }

        path.Reverse();
        return path;
    }

    public static async Task<IReadOnlyList<byte[]>> ConsistencyAsync(long first, long second, NodeReader nodes, CancellationToken cancellationToken)
    {
        var path = new List<byte[]>();
        var (low, high) = (0L, second);
        while (first != high)
        {
            var middle = low + MerkleHash.Split(high - low);
            var left = first <= middle;
            path.Add(left ? await RootAsync(middle, high, nodes, cancellationToken) : await RootAsync(low, middle, nodes, cancellationToken));
            (low, high) = left ? (low, middle) : (middle, high);
        }

        // The verifier knows the first tree's root, so it is named only where it is not the subtree itself.
        if (low > 0)
        {
            path.Add(await RootAsync(low, high, nodes, cancellationToken));
        }

        path.Reverse();
        return path;
    }

    /// <summary>Root over the leaves from <paramref name="low"/> to before <paramref name="high"/>, a range the RFC's recursion arrives at.</summary>
    private static async ValueTask<byte[]> RootAsync(long low, long high, NodeReader nodes, CancellationToken cancellationToken)
    {
        var size = high - low;
        if (BitOperations.IsPow2(size))
        {
            var height = BitOperations.TrailingZeroCount(size);
            return await nodes(height, low >> height, cancellationToken);
        }

        var middle = low + MerkleHash.Split(size);
        var left = await RootAsync(low, middle, nodes, cancellationToken);
        var right = await RootAsync(middle, high, nodes, cancellationToken);
        return MerkleHash.Node(left, right);
    }
}
