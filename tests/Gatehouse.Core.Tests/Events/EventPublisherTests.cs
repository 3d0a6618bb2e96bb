using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Events;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Events;

public sealed class EventPublisherTests
{
    [Fact]
    public async Task Publish_SealedEvents_AreToldOnceInTheLedgersOrder()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.Ledger.AppendAsync(0, 3);

        Assert.Equal(0, (await rig.PublishAsync()).Published);
        await rig.Ledger.SealAsync();
        Assert.Equal(new PublishReport(true, 3, 0, 0), await rig.PublishAsync());
        Assert.Equal(new PublishReport(true, 0, 0, 0), await rig.PublishAsync());

        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
    }

    [Theory]
    [InlineData(EventOptions.Now, 2)]
    [InlineData(EventOptions.Beginning, 5)]
    public async Task Publish_FirstSwitchedOn_StartsWhereTheOptionSays(string startAt, int published)
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 3);
        await rig.Publisher(startAt).PublishAsync(EventRig.Cancellation);
        await rig.SealAsync(3, 2);
        await rig.Publisher(startAt).PublishAsync(EventRig.Cancellation);

        Assert.Equal((await rig.Ledger.IdsAsync())[^published..], rig.Topic.Ids);
    }

    [Fact]
    public async Task Publish_WithoutATopic_IsOffAndLeavesNoCursor()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 1);
        var before = rig.Ledger.Store.Commits;

        Assert.False((await rig.Publisher(on: false).PublishAsync(EventRig.Cancellation)).IsOn);
        Assert.Equal(before, rig.Ledger.Store.Commits);
    }

    [Fact]
    public async Task Publish_TopicAway_WaitsInTheLedgerAndLosesNothing()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 3);
        rig.Topic.Answer = _ => FakeTopic.Away;

        Assert.Equal(new PublishReport(true, 0, 0, 3), await rig.PublishAsync());
        await rig.SealAsync(3, 1);
        Assert.Equal(4, (await rig.PublishAsync()).Lag);
        rig.Topic.Answer = null;
        Assert.Equal(new PublishReport(true, 4, 0, 0), await rig.PublishAsync());

        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
    }

    [Fact]
    public async Task Publish_TopicThatAsksForAWait_IsLeftAloneUntilItIsOver()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 1);
        var publisher = rig.Publisher();
        var asked = 0;
        rig.Topic.Answer = _ => asked++ == 0 ? new SinkAnswer.Unavailable("TooManyRequests", "429", TimeSpan.FromMinutes(2)) : null;

        await publisher.PublishAsync(EventRig.Cancellation);
        rig.Ledger.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(new PublishReport(true, 0, 0, 1), await publisher.PublishAsync(EventRig.Cancellation));
        Assert.Equal(1, asked);
        rig.Ledger.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await publisher.PublishAsync(EventRig.Cancellation)).Published);
    }

    [Fact]
    public async Task Publish_CursorOfAnotherLedger_PublishesNothing()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 2);
        await new EventCursorStore(rig.Ledger.Store).OpenAsync(9, EventRig.Cancellation);

        Assert.Equal(new PublishReport(true, 0, 0, 0), await rig.PublishAsync());
        Assert.Empty(rig.Topic.Ids);
    }

    /// <summary>The process dies at each commit of a run, before and after it is applied.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Publish_CrashBetweenTopicAndCursor_TellsAgainAndLosesNothing(int dieAt, bool applied)
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 700);
        rig.Ledger.Store.Revive(dieAt, applied);
        await Assert.ThrowsAsync<RecordStoreException>(rig.PublishAsync);
        rig.Ledger.Store.Revive();

        Assert.Equal(0, (await rig.PublishAsync()).Lag);

        // At least once: only what was under way when it died may be there twice.
        var ids = await rig.Ledger.IdsAsync();
        Assert.Equal(ids, rig.Topic.Ids.Distinct());
        Assert.InRange(rig.Topic.Ids.Count, ids.Count, ids.Count + EventLimits.MaxBatchEvents);
        Assert.Equal(dieAt > 1 && !applied, rig.Topic.Ids.Count > ids.Count);
    }

    [Fact]
    public async Task Publish_TwoAtOnce_OneMovesTheCursorAndNothingIsLost()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 3);
        rig.Topic.Before = async () =>
        {
            await rig.PublishAsync();
            await rig.SealAsync(3, 2);
            await rig.PublishAsync();
        };

        await rig.PublishAsync();

        var ids = await rig.Ledger.IdsAsync();
        Assert.Equal(ids, rig.Topic.Ids.Distinct());
        Assert.Equal(0, (await rig.PublishAsync()).Published);
    }

    [Fact]
    public async Task Publish_OneEventTheTopicRefuses_IsKeptWithItsIndexAndTheRestGoOn()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 5);
        var ids = await rig.Ledger.IdsAsync();
        rig.Topic.Answer = batch => batch.Any(one => one.Id == ids[2]) ? FakeTopic.Malformed : null;

        Assert.Equal(new PublishReport(true, 4, 1, 0), await rig.PublishAsync());

        Assert.Equal(ids.Where(id => id != ids[2]), rig.Topic.Ids);
        var (queue, text) = Assert.Single(rig.Queue.Messages);
        Assert.Equal("gatehouse-events-out-poison", queue);
        var kept = JsonNode.Parse(text)!;
        Assert.Equal((2, ids[2], "Gatehouse.IntakeRequested", "BadRequest", "400: no"), (kept["ledgerIndex"]!.GetValue<int>(), kept["id"]!.GetValue<string>(), kept["type"]!.GetValue<string>(), kept["code"]!.GetValue<string>(), kept["reason"]!.GetValue<string>()));
    }

    /// <summary>Another input schema, or another service's endpoint: the events are as good as ever.</summary>
    [Fact]
    public async Task Publish_TopicThatRefusesEveryEvent_KeepsThemInTheLedgerUntilItIsPutRight()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 2);
        rig.Topic.Answer = _ => FakeTopic.Malformed;
        var publisher = rig.Publisher();

        Assert.Equal(new PublishReport(true, 0, 0, 2), await publisher.PublishAsync(EventRig.Cancellation));
        await rig.SealAsync(2, 3);
        rig.Ledger.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new PublishReport(true, 0, 0, 5), await publisher.PublishAsync(EventRig.Cancellation));
        Assert.Empty(rig.Queue.Messages);

        rig.Topic.Answer = null;
        Assert.Equal(new PublishReport(true, 0, 0, 5), await publisher.PublishAsync(EventRig.Cancellation));
        rig.Ledger.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new PublishReport(true, 5, 0, 0), await publisher.PublishAsync(EventRig.Cancellation));
        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
        Assert.Empty(rig.Queue.Messages);
    }

    /// <summary>What leads up to a good event is only known to be bad when that one has been taken.</summary>
    [Theory]
    [InlineData(4, 4)]
    [InlineData(0, 4)]
    public async Task Publish_AllButOneRefused_AreKeptForTheTopicTakesEvents(int good, int kept)
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 5);
        var ids = await rig.Ledger.IdsAsync();
        rig.Topic.Answer = batch => batch is [var one] && one.Id == ids[good] ? null : FakeTopic.Malformed;

        Assert.Equal(new PublishReport(true, 1, kept, 0), await rig.PublishAsync());
        Assert.Equal(kept, rig.Queue.Messages.Count);
    }

    /// <summary>A size is the event's own; one event is no evidence against a topic.</summary>
    [Theory]
    [InlineData(3, true)]
    [InlineData(1, false)]
    public async Task Publish_EveryEventRefusedForItsSizeOrTheOnlyOne_IsKept(int count, bool tooLarge)
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, count);
        rig.Topic.Answer = _ => tooLarge ? FakeTopic.TooLarge : FakeTopic.Malformed;

        Assert.Equal(new PublishReport(true, 0, count, 0), await rig.PublishAsync());
        Assert.Equal(count, rig.Queue.Messages.Count);
    }

    [Fact]
    public async Task Publish_TopicGoesAwayAfterItRefusedAllSoFar_PassesNothingOver()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 5);
        var ids = await rig.Ledger.IdsAsync();
        rig.Topic.Answer = batch => batch is [var one] && one.Id == ids[3] ? FakeTopic.Away : FakeTopic.Malformed;

        Assert.Equal(new PublishReport(true, 0, 0, 5), await rig.PublishAsync());
        Assert.Empty(rig.Queue.Messages);
    }

    [Fact]
    public async Task Publish_TopicGoesAwayWhileAskedSingly_GoesOnAtThatEvent()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 5);
        var ids = await rig.Ledger.IdsAsync();
        rig.Topic.Answer = batch => batch.Count > 1 ? FakeTopic.Malformed : batch[0].Id == ids[3] ? FakeTopic.Away : null;

        Assert.Equal(new PublishReport(true, 3, 0, 2), await rig.PublishAsync());
        rig.Topic.Answer = null;
        await rig.PublishAsync();

        Assert.Equal(ids, rig.Topic.Ids);
        Assert.Empty(rig.Queue.Messages);
    }

    /// <summary>An unhealthy replica is two events of one entry: the first is refused, and the topic goes away at the second.</summary>
    [Fact]
    public async Task Publish_TopicGoesAwayWithinAnEntry_KeepsItsRefusedEventOnce()
    {
        await using var rig = await EventRig.OpenAsync();
        var events = rig.Ledger.Events(0, 2);
        events[1] = events[1] with { Type = LedgerEventTypes.ReplicaHealthChanged, Details = new Dictionary<string, string> { ["after"] = "Unavailable" } };
        await rig.SealAsync([.. events]);
        rig.Topic.Answer = batch => batch is not [var one] || one.Type == GovernanceEventTypes.ReplicaHealthChanged ? FakeTopic.Malformed : one.LedgerIndex == 1 ? FakeTopic.Away : null;

        Assert.Equal(new PublishReport(true, 1, 0, 1), await rig.PublishAsync());
        Assert.Empty(rig.Queue.Messages);
        rig.Topic.Answer = batch => batch is not [var one] || one.Type == GovernanceEventTypes.ReplicaHealthChanged ? FakeTopic.Malformed : null;
        Assert.Equal(new PublishReport(true, 1, 1, 0), await rig.PublishAsync());

        Assert.Single(rig.Queue.Messages);
        Assert.Equal([0, 1], rig.Topic.Batches.Select(batch => batch[0].LedgerIndex));
    }

    [Fact]
    public async Task Publish_Backlog_GoesInBatchesTheTopicTakes()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 1200);
        await rig.SealAsync([.. rig.Ledger.Events(1200, 40).Select(one => one with { Details = new Dictionary<string, string> { ["text"] = new('x', 50_000) } })]);

        await rig.PublishAsync();

        Assert.All(rig.Topic.Batches, batch => Assert.True(batch.Count <= EventLimits.MaxBatchEvents && batch.Sum(one => one.Json.Length + 1) + 2 <= EventLimits.MaxBatchBytes));
        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
    }

    [Fact]
    public async Task Publish_EventAbove64KiB_GoesAlone()
    {
        await using var rig = await EventRig.OpenAsync();
        var events = rig.Ledger.Events(0, 3);
        events[1] = events[1] with { Details = new Dictionary<string, string> { ["text"] = new('x', 70_000) } };
        await rig.SealAsync([.. events]);

        await rig.PublishAsync();

        Assert.Equal([1, 1, 1], rig.Topic.Batches.Select(batch => batch.Count));
    }

    [Fact]
    public async Task Publish_EntryThatIsNoEvent_IsKeptAndPassed()
    {
        await using var rig = await EventRig.OpenAsync();
        var ledger = await DamagedFirstAsync(rig);

        Assert.Equal(new PublishReport(true, 1, 1, 0), await rig.Publisher(over: ledger).PublishAsync(EventRig.Cancellation));
        Assert.Contains("entry-unreadable", Assert.Single(rig.Queue.Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_EntryThatIsNoEventWhileTheTopicIsAway_IsKeptOnce()
    {
        await using var rig = await EventRig.OpenAsync();
        var publisher = rig.Publisher(over: await DamagedFirstAsync(rig));
        rig.Topic.Answer = _ => FakeTopic.Away;
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(new PublishReport(true, 0, 0, 2), await publisher.PublishAsync(EventRig.Cancellation));
        }

        rig.Topic.Answer = null;
        Assert.Equal(new PublishReport(true, 1, 1, 0), await publisher.PublishAsync(EventRig.Cancellation));
        Assert.Single(rig.Queue.Messages);
    }

    /// <summary>Two entries, of which the first is no event.</summary>
    private static async Task<ILedger> DamagedFirstAsync(EventRig rig)
    {
        await rig.SealAsync(0, 1);
        var good = Assert.Single(await rig.Ledger.EntriesAsync());
        var ledger = new Mock<ILedger>();
        ledger.Setup(one => one.GetCheckpointAsync(It.IsAny<CancellationToken>())).ReturnsAsync((await rig.Ledger.Ledger.GetCheckpointAsync(EventRig.Cancellation))! with { Size = 2 });
        ledger.Setup(one => one.ReadAsync(0, It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns(new[] { new LedgerEntry(0, Encoding.UTF8.GetBytes("{}")), good with { Index = 1 } }.ToAsyncEnumerable());
        return ledger.Object;
    }
}
