using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Merkle;

public sealed class MerkleProofTests
{
    private const int Largest = 300;

    private static readonly byte[][] Leaves = [.. Enumerable.Range(0, Largest).Select(i => MerkleHash.Leaf(BitConverter.GetBytes(i)))];

    private static readonly byte[][] Roots = [.. Enumerable.Range(0, Largest + 1).Select(size => RootByDefinition(0, size))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Root_EverySize_IsTheDefinitions()
    {
        var (range, tree) = (new CompactRange(), new TileTree());
        for (var size = 1; size <= Largest; size++)
        {
            range.Append(Leaves[size - 1]);
            tree.Append(Leaves[size - 1], []);
            Assert.Equal(Roots[size], range.Root());
            Assert.Equal(Roots[size], tree.Root());
            Assert.Equal(Roots[size], TileTree.Restore(size, tree.Edge()).Root());
        }
    }

    [Fact]
    public async Task Inclusion_EveryLeafOfManySizes_Verifies()
    {
        foreach (var size in Enumerable.Range(1, 70).Concat([127, 128, 129, 255, 256, 257, Largest]))
        {
            for (var index = 0; index < size; index++)
            {
                Assert.True(LedgerVerifier.VerifyInclusion(await InclusionAsync(index, size), Roots[size]), $"{index} of {size}");
            }
        }
    }

    [Fact]
    public async Task Consistency_EveryPairOfManySizes_Verifies()
    {
        foreach (var second in Enumerable.Range(1, 70).Concat([127, 128, 129, 255, 256, 257, Largest]))
        {
            for (var first = 1; first <= second; first++)
            {
                Assert.True(LedgerVerifier.VerifyConsistency(await ConsistencyAsync(first, second), Roots[first], Roots[second]), $"{first} to {second}");
            }
        }
    }

    [Fact]
    public void Inclusion_AnyByteChanged_Fails() =>
        Prop.ForAll(Cases().ToArbitrary(), one =>
        {
            var proof = InclusionAsync(one.Low, one.High).GetAwaiter().GetResult();
            List<byte[]> hashes = [proof.LeafHash, .. proof.Path];
            var mutated = Mutated(hashes, one.Mutation);
            return !LedgerVerifier.VerifyInclusion(proof with { LeafHash = mutated[0], Path = mutated[1..] }, Roots[one.High])
                && !LedgerVerifier.VerifyInclusion(proof, Mutated([Roots[one.High]], one.Mutation)[0])
                && !LedgerVerifier.VerifyInclusion(proof with { Path = [.. proof.Path, Leaves[0]] }, Roots[one.High])
                && (proof.Path.Count == 0 || !LedgerVerifier.VerifyInclusion(proof with { Path = [.. proof.Path.SkipLast(1)] }, Roots[one.High]))
                && (one.High == 1 || !LedgerVerifier.VerifyInclusion(proof with { Index = one.Low == 0 ? 1 : one.Low - 1 }, Roots[one.High]));
        }).Check(PropertyRuns.Of());

    [Fact]
    public void Consistency_AnyByteChanged_Fails() =>
        Prop.ForAll(Cases().ToArbitrary(), one =>
        {
            var first = one.Low + 1;
            var proof = ConsistencyAsync(first, one.High).GetAwaiter().GetResult();
            return (proof.Path.Count == 0 || !LedgerVerifier.VerifyConsistency(proof with { Path = Mutated(proof.Path, one.Mutation) }, Roots[first], Roots[one.High]))
                && (proof.Path.Count == 0 || !LedgerVerifier.VerifyConsistency(proof with { Path = [.. proof.Path.SkipLast(1)] }, Roots[first], Roots[one.High]))
                && !LedgerVerifier.VerifyConsistency(proof with { Path = [.. proof.Path, Leaves[0]] }, Roots[first], Roots[one.High])
                && !LedgerVerifier.VerifyConsistency(proof, Mutated([Roots[first]], one.Mutation)[0], Roots[one.High])
                && !LedgerVerifier.VerifyConsistency(proof, Roots[first], Mutated([Roots[one.High]], one.Mutation)[0]);
        }).Check(PropertyRuns.Of());

    [Fact]
    public void Verify_ImpossibleProofs_Fail()
    {
        Assert.False(LedgerVerifier.VerifyInclusion(new InclusionProof(1, 1, Leaves[0], []), Roots[1]));
        Assert.False(LedgerVerifier.VerifyInclusion(new InclusionProof(-1, 1, Leaves[0], []), Roots[1]));
        Assert.False(LedgerVerifier.VerifyInclusion(new InclusionProof(0, 2, Leaves[0], [[1]]), Roots[2]));
        Assert.False(LedgerVerifier.VerifyConsistency(new ConsistencyProof(0, 1, []), Roots[0], Roots[1]));
        Assert.False(LedgerVerifier.VerifyConsistency(new ConsistencyProof(2, 1, []), Roots[2], Roots[1]));
        Assert.False(LedgerVerifier.VerifyConsistency(new ConsistencyProof(3, 4, []), Roots[3], Roots[4]));
    }

    [Fact]
    public void Tiles_Completed_HoldTheHashesInOrder()
    {
        const int Size = (2 * TileTree.Width) + 3;
        var (tree, tiles) = (new TileTree(), new List<Tile>());
        var hashes = Enumerable.Range(0, Size).Select(i => MerkleHash.Leaf(BitConverter.GetBytes(i))).ToList();
        hashes.ForEach(hash => tree.Append(hash, tiles));

        Assert.Equal([(0, 0L), (0, 1L)], tiles.Select(tile => (tile.Level, tile.Index)));
        Assert.Equal(hashes.Skip(256).Take(256).SelectMany(hash => hash), tiles[1].Hashes);
        Assert.Equal([3, 2], [tree.EdgeOf(0).Count, tree.EdgeOf(1).Count]);
        Assert.Throws<InvalidDataException>(() => TileTree.Restore(Size + 1, tree.Edge()));
        Assert.Throws<InvalidDataException>(() => TileTree.Restore(Size, [tree.Edge()[0]]));
    }

    private static Gen<Case> Cases() =>
        from high in Gen.Choose(1, Largest)
        from low in Gen.Choose(0, high - 1)
        from mutation in Gen.Choose(0, int.MaxValue)
        select new Case(low, high, mutation);

    private static List<byte[]> Mutated(IReadOnlyList<byte[]> hashes, int mutation)
    {
        var copy = hashes.Select(hash => hash.ToArray()).ToList();
        copy[mutation % copy.Count][mutation / 7 % MerkleHash.Length] ^= (byte)(1 << (mutation % 8));
        return copy;
    }

    private static async Task<InclusionProof> InclusionAsync(int index, int size) =>
        new(index, size, Leaves[index], await MerkleProofs.InclusionAsync(index, size, Node, Cancellation));

    private static async Task<ConsistencyProof> ConsistencyAsync(int first, int second) =>
        new(first, second, await MerkleProofs.ConsistencyAsync(first, second, Node, Cancellation));

    private static ValueTask<byte[]> Node(int height, long index, CancellationToken cancellationToken) =>
        ValueTask.FromResult(TileTree.RootOf(Leaves, (int)(index << height), 1 << height));

    /// <summary>RFC 6962 section 2.1, word for word.</summary>
    private static byte[] RootByDefinition(int start, int size)
    {
        if (size < 2)
        {
            return size == 0 ? MerkleHash.Empty() : Leaves[start];
        }

        var half = 1;
        while (half * 2 < size)
        {
            half *= 2;
        }

        return MerkleHash.Node(RootByDefinition(start, half), RootByDefinition(start + half, size - half));
    }

    private sealed record Case(int Low, int High, int Mutation);
}
