using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Sealing;

public sealed class LedgerSealerTests
{
    [Fact]
    public async Task Seal_NothingWaits_SignsNothing()
    {
        await using var rig = await LedgerRig.OpenAsync();

        Assert.Equal(0, await rig.SealAsync());
        Assert.Null(await rig.Ledger.GetCheckpointAsync(LedgerRig.Cancellation));
        Assert.Equal(0, rig.Store.Commits);
    }

    [Fact]
    public async Task Seal_Events_AreSignedInTheOrderOfTheirIds()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.Inbox.AppendAsync([.. rig.Events(0, 700).AsEnumerable().Reverse()], LedgerRig.Cancellation);

        Assert.Equal(700, await rig.SealAsync());

        await rig.AssertHoldsAsync(rig.Events(0, 700));
        var checkpoint = await rig.Ledger.GetCheckpointAsync(LedgerRig.Cancellation);
        Assert.Equal((700, "gatehouse", rig.Clock.GetUtcNow()), (checkpoint!.Size, checkpoint.Origin, checkpoint.At));
    }

    [Fact]
    public async Task Seal_MoreThanOneRound_KeepsTheOrder()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 300);

        Assert.Equal(300, await rig.Sealer(maxEventsPerRound: 32).SealAsync(LedgerRig.Cancellation));

        await rig.AssertHoldsAsync(rig.Events(0, 300));
    }

    [Fact]
    public async Task Seal_AcrossEntryPartitions_KeepsTheOrder()
    {
        const int Events = (int)LedgerKeys.EntriesPerPartition + 150;
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, Events - 200);
        await rig.SealAsync();
        await rig.AppendAsync(Events - 200, 200);

        Assert.Equal(200, await rig.SealAsync());

        await rig.AssertHoldsAsync(rig.Events(0, Events));
    }

    [Fact]
    public async Task Append_SameEventsTwiceInAnyMix_AreSealedOnce()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 100);
        await rig.AppendAsync(50, 100);
        await rig.Inbox.AppendAsync([rig.Event(1), rig.Event(1), rig.Event(150)], LedgerRig.Cancellation);

        Assert.Equal(151, await rig.SealAsync());

        await rig.AssertHoldsAsync(rig.Events(0, 151));
    }

    [Fact]
    public async Task Append_EventSealedLongAgo_IsNotSealedAgain()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 3000);
        await rig.SealAsync();
        await rig.AppendAsync(0, 3);
        await rig.AppendAsync(2990, 20);

        Assert.Equal(10, await rig.SealAsync());
        await rig.AppendAsync(5, 1);
        Assert.Equal(0, await rig.SealAsync());

        await rig.AssertHoldsAsync(rig.Events(0, 3010));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Seal_CrashAtEveryCommit_EndsWithEachEventOnce(bool applyLast)
    {
        for (var dieAt = 1; ; dieAt++)
        {
            await using var rig = await LedgerRig.OpenAsync();
            await rig.AppendAsync(0, 200);
            await rig.SealAsync();
            await rig.AppendAsync(200, 230);

            rig.Store.Revive(dieAt, applyLast);
            var died = await DiesAsync(rig);
            rig.Store.Revive();
            var orphans = await OrderOfAllRowsAsync(rig);

            // What arrives after the crash sorts before what the dead sealer had written, and must not displace it.
            await rig.Inbox.AppendAsync([rig.Event(199) with { Id = rig.Event(199).Id + "x" }], LedgerRig.Cancellation);
            await rig.SealAsync();

            Assert.Equal(0, await rig.SealAsync());
            var ids = await rig.IdsAsync();
            Assert.Equal(431, ids.Distinct().Count());
            Assert.Equal(431, ids.Count);
            Assert.Equal(orphans, ids.Take(orphans.Count));
            await rig.AssertHoldsAsync((await rig.EntriesAsync()).Select(entry => LedgerEventJson.Parse(entry.Data.Span)));
            if (!died)
            {
                Assert.True(dieAt > 20);
                return;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_CrashAtEveryCommit_SecondTryCompletes(bool applyLast)
    {
        for (var dieAt = 1; ; dieAt++)
        {
            await using var rig = await LedgerRig.OpenAsync();
            rig.Store.Revive(dieAt, applyLast);
            var died = false;
            try
            {
                await rig.AppendAsync(0, 200);
            }
            catch (RecordStoreException)
            {
                died = true;
            }

            rig.Store.Revive();
            await rig.SealAsync();
            await rig.AppendAsync(0, 200);
            await rig.SealAsync();

            Assert.Equal(rig.Events(0, 200).Select(one => one.Id), (await rig.IdsAsync()).Order(StringComparer.Ordinal));
            if (!died)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Seal_SecondSealerAtEveryCommitOfTheFirst_EndsWithEachEventOnce()
    {
        for (var at = 1; ; at++)
        {
            await using var rig = await LedgerRig.OpenAsync();
            await rig.AppendAsync(0, 130);
            await rig.SealAsync();
            await rig.AppendAsync(130, 220);
            var second = new FaultyRecordStore(rig.Store);
            var met = false;
            second.BeforeCommit = async _ =>
            {
                if (second.Commits == at && !met)
                {
                    met = true;
                    await rig.AppendAsync(350, 5);
                    await rig.SealAsync();
                    await rig.AppendAsync(345, 15);
                }
            };

            await rig.Sealer(store: second).SealAsync(LedgerRig.Cancellation);
            await rig.SealAsync();
            if (!met)
            {
                await rig.AssertHoldsAsync(rig.Events(0, 350));
                Assert.True(at > 20);
                return;
            }

            Assert.Equal(rig.Events(0, 360).Select(one => one.Id), (await rig.IdsAsync()).Order(StringComparer.Ordinal));
            await rig.AssertHoldsAsync((await rig.EntriesAsync()).Select(entry => LedgerEventJson.Parse(entry.Data.Span)));
        }
    }

    [Fact]
    public async Task Seal_SealersAndWritersAtOnce_SealEachEventOnce()
    {
        await using var rig = await LedgerRig.OpenAsync();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await rig.AppendAsync((i * 40) + (writer * 5), 15);
            }
        })).ToList();
        var sealers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!writers.TrueForAll(writer => writer.IsCompleted))
            {
                await rig.SealAsync();
            }
        })).ToList();

        await Task.WhenAll([.. writers, .. sealers]);
        await rig.SealAsync();

        var ids = await rig.IdsAsync();
        var expected = Enumerable.Range(0, 20).SelectMany(i => Enumerable.Range(i * 40, 30)).Distinct().Select(number => rig.Event(number).Id);
        Assert.Equal(expected, ids.Order(StringComparer.Ordinal));
        await rig.AssertHoldsAsync((await rig.EntriesAsync()).Select(entry => LedgerEventJson.Parse(entry.Data.Span)));
    }

    [Fact]
    public async Task Append_IdThatIsNoKeyOrTooLarge_IsRefused()
    {
        await using var rig = await LedgerRig.OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => rig.Inbox.AppendAsync([rig.Event(1) with { Id = "a/b" }], LedgerRig.Cancellation));
        var large = new Dictionary<string, string>(StringComparer.Ordinal) { ["text"] = new('x', RecordLimits.MaxDataBytes) };
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Inbox.AppendAsync([rig.Event(1) with { Details = large }], LedgerRig.Cancellation));
    }

    private static async Task<bool> DiesAsync(LedgerRig rig)
    {
        try
        {
            await rig.SealAsync();
            return false;
        }
        catch (RecordStoreException)
        {
            return true;
        }
    }

    /// <summary>Ids of all entry rows, signed or not: the order that must never change again.</summary>
    private static async Task<List<string>> OrderOfAllRowsAsync(LedgerRig rig) =>
        await rig.Store.QueryAsync(new RecordQuery(LedgerKeys.Table, LedgerKeys.EntryPartition(0)), LedgerRig.Cancellation)
            .Select(record => LedgerEventJson.Parse(record.Data.Span).Id)
            .ToListAsync(LedgerRig.Cancellation);
}
