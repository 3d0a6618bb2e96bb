using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger;

public sealed class LedgerReaderTests
{
    private static CancellationToken Cancellation => LedgerRig.Cancellation;

    [Fact]
    public async Task Proofs_AgainstEveryCheckpointOfAGrowingLedger_Verify()
    {
        await using var rig = await LedgerRig.OpenAsync();
        var checkpoints = new List<Checkpoint>();
        foreach (var (from, count) in new[] { (0, 1), (1, 254), (255, 1), (256, 1), (257, 300), (557, 211) })
        {
            await rig.AppendAsync(from, count);
            await rig.SealAsync();
            checkpoints.Add((await rig.Ledger.GetCheckpointAsync(Cancellation))!);
        }

        var entries = await rig.EntriesAsync();
        foreach (var checkpoint in checkpoints)
        {
            foreach (var index in new[] { 0L, 1, 127, 128, 254, 255, 256, 511, 512, 600, 767 }.Where(index => index < checkpoint.Size))
            {
                var proof = (await rig.Ledger.ProveInclusionAsync(index, checkpoint.Size, Cancellation)).Value;
                Assert.Equal(LedgerVerifier.HashLeaf(entries[(int)index].Data.Span), proof.LeafHash);
                Assert.True(LedgerVerifier.VerifyInclusion(proof, checkpoint.Root));
            }

            foreach (var earlier in checkpoints.Where(earlier => earlier.Size <= checkpoint.Size))
            {
                var proof = (await rig.Ledger.ProveConsistencyAsync(earlier.Size, checkpoint.Size, Cancellation)).Value;
                Assert.True(LedgerVerifier.VerifyConsistency(proof, earlier.Root, checkpoint.Root));
            }
        }
    }

    [Fact]
    public async Task Prove_SizesAndIndexesOutOfRange_AreRefused()
    {
        await using var rig = await LedgerRig.OpenAsync();
        Assert.Equal("ledger-empty", (await rig.Ledger.ProveInclusionAsync(0, 1, Cancellation)).Error.Code);
        await rig.AppendAsync(0, 5);
        await rig.SealAsync();

        Assert.Equal("ledger-size-out-of-range", (await rig.Ledger.ProveInclusionAsync(0, 6, Cancellation)).Error.Code);
        Assert.Equal("ledger-size-out-of-range", (await rig.Ledger.ProveInclusionAsync(0, 0, Cancellation)).Error.Code);
        Assert.Equal("ledger-index-out-of-range", (await rig.Ledger.ProveInclusionAsync(3, 3, Cancellation)).Error.Code);
        Assert.Equal("ledger-index-out-of-range", (await rig.Ledger.ProveInclusionAsync(-1, 3, Cancellation)).Error.Code);
        Assert.Equal("firstSize", (await rig.Ledger.ProveConsistencyAsync(0, 3, Cancellation)).Error.Field);
        Assert.Equal("firstSize", (await rig.Ledger.ProveConsistencyAsync(4, 3, Cancellation)).Error.Field);
        Assert.Equal("secondSize", (await rig.Ledger.ProveConsistencyAsync(1, 6, Cancellation)).Error.Field);
    }

    [Fact]
    public async Task Read_Range_IsClippedToWhatIsSigned()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 10);
        await rig.SealAsync();

        Assert.Equal([3L, 4], await rig.Ledger.ReadAsync(3, 2, Cancellation).Select(entry => entry.Index).ToListAsync(Cancellation));
        Assert.Equal([8L, 9], await rig.Ledger.ReadAsync(8, long.MaxValue, Cancellation).Select(entry => entry.Index).ToListAsync(Cancellation));
        Assert.Empty(await rig.Ledger.ReadAsync(10, 5, Cancellation).ToListAsync(Cancellation));
        Assert.Empty(await rig.Ledger.ReadAsync(0, 0, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Reading_EntriesNotSignedYet_ShowsNoneOfThem()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 4);
        await rig.SealAsync();
        await rig.AppendAsync(4, 4);

        // Dies at the head: entries and markers are written, nothing signs them.
        rig.Store.BeforeCommit = batch => batch.Partition == LedgerKeys.HeadPartition ? throw new RecordStoreException("Died at the head.") : Task.CompletedTask;
        await Assert.ThrowsAsync<RecordStoreException>(rig.SealAsync);
        rig.Store.BeforeCommit = null;

        Assert.Equal(4, (await rig.EntriesAsync()).Count);
        Assert.Equal("ledger-entry-unknown", (await rig.Ledger.FindAsync(rig.Event(5).Id, Cancellation)).Error.Code);
        Assert.False((await rig.Ledger.ProveInclusionAsync(4, 5, Cancellation)).IsOk);
        Assert.Equal(5, (await rig.ExportLinesAsync()).Length);
    }

    [Theory]
    [InlineData("never-seen")]
    [InlineData("no/key")]
    public async Task Find_UnknownEvent_IsNotFound(string id)
    {
        await using var rig = await LedgerRig.OpenAsync();

        var error = (await rig.Ledger.FindAsync(id, Cancellation)).Error;

        Assert.Equal((ErrorKind.NotFound, "ledger-entry-unknown"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task Read_SignedEntryGone_IsAFaultNotAShorterLedger()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 10);
        await rig.SealAsync();

        await rig.Store.CommitAsync(new RecordBatch(LedgerKeys.Table, LedgerKeys.EntryPartition(0)).Delete(LedgerKeys.EntryRow(9)), Cancellation);
        var last = await Assert.ThrowsAsync<InvalidDataException>(rig.EntriesAsync);
        await rig.Store.CommitAsync(new RecordBatch(LedgerKeys.Table, LedgerKeys.EntryPartition(0)).Delete(LedgerKeys.EntryRow(4)), Cancellation);
        var middle = await Assert.ThrowsAsync<InvalidDataException>(rig.EntriesAsync);

        Assert.Contains("entry 9 is missing", last.Message, StringComparison.Ordinal);
        Assert.Contains("entry 4 is missing", middle.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(rig.ExportAsync);
    }

    [Fact]
    public async Task Checkpoint_EverySeal_IsKeptForHistory()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 3);
        await rig.SealAsync();
        await rig.AppendAsync(3, 4);
        await rig.SealAsync();

        var rows = await rig.Store.QueryAsync(RecordQuery.Prefix(LedgerKeys.Table, LedgerKeys.HeadPartition, "c|"), Cancellation).ToListAsync(Cancellation);

        Assert.Equal([LedgerKeys.CheckpointRow(3), LedgerKeys.CheckpointRow(7)], rows.Select(row => row.Key.Row));
    }
}
