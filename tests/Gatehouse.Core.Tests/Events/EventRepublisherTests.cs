using Gatehouse.Core.Events;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Events;

public sealed class EventRepublisherTests
{
    private const string Poison = "gatehouse-events-out-poison";

    private readonly Mock<IWorkQueueReceiver> _receiver = new();
    private readonly List<string> _steps = [];
    private readonly List<int> _moved = [];

    [Fact]
    public async Task Republish_TopicPutRight_SendsTheSameEventsAndThenDeletesTheirRecords()
    {
        await using var rig = await RefusedAsync(2);
        var refused = rig.Queue.Messages.Count;
        rig.Topic.Answer = batch =>
        {
            _steps.Add("send " + batch[0].LedgerIndex);
            return null;
        };

        Assert.Equal(new RequeueReport(2), (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Value);

        Assert.Equal(2, refused);
        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
        Assert.Equal(["send 0", "delete m0", "send 1", "delete m1"], _steps);
    }

    [Fact]
    public async Task Republish_StillRefused_KeepsTheRecordsAndSaysWhy()
    {
        await using var rig = await RefusedAsync(2);

        var error = (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Error;

        Assert.Equal((ErrorKind.Conflict, "events-still-refused"), (error.Kind, error.Code));
        Assert.Contains("None of 2 events", error.Message, StringComparison.Ordinal);
        Assert.Contains("RequestEntityTooLarge: 413: no", error.Message, StringComparison.Ordinal);
        Assert.Equal(["back m0", "back m1"], _steps);
    }

    [Fact]
    public async Task Republish_SomeStillRefused_CountsBoth()
    {
        await using var rig = await RefusedAsync(3);
        rig.Topic.Answer = batch => batch[0].LedgerIndex == 1 ? FakeTopic.Malformed : null;

        var report = (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Value;

        Assert.Equal((2, 1, "ledger entry 1: BadRequest: 400: no"), (report.Moved, report.Stayed, report.Reason));
        Assert.Equal(["delete m0", "delete m2", "back m1"], _steps);
    }

    [Fact]
    public async Task Republish_TopicAway_StopsAndGivesAllBack()
    {
        await using var rig = await RefusedAsync(3);
        var asked = 0;
        rig.Topic.Answer = _ => asked++ < 10 ? FakeTopic.Away : null;

        var error = (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Error;

        Assert.Equal((ErrorKind.Unavailable, "topic-unavailable"), (error.Kind, error.Code));
        Assert.Equal(1, asked);
        Assert.Equal(["back m0", "back m1", "back m2"], _steps);
    }

    [Theory]
    [InlineData("no record", "no record of a refused event")]
    [InlineData("""{"ledgerIndex":9,"id":"x","type":"t","code":"c","reason":"r","at":"2026-03-01T12:00:00Z"}""", "ledger entry 9 has no event 'x'")]
    [InlineData("""{"ledgerIndex":0,"id":"x","type":"t","code":"c","reason":"r","at":"2026-03-01T12:00:00Z"}""", "ledger entry 0 has no event 'x'")]
    [InlineData("""{"ledgerIndex":-1,"id":"","type":"","code":"c","reason":"r","at":"2026-03-01T12:00:00Z"}""", "no record of a refused event")]
    [InlineData("""{"ledgerIndex":9,"id":"","type":"","code":"c","reason":"r","at":"2026-03-01T12:00:00Z"}""", "ledger entry 9 has no event ''")]
    public async Task Republish_RecordThatNamesNoEvent_Stays(string text, string why)
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 1);
        rig.Queue.Messages.Add((Poison, text));

        var error = (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Error;

        Assert.Equal("events-still-refused", error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Equal(["back m0"], _steps);
        Assert.Empty(rig.Topic.Ids);
    }

    /// <summary>An entry that an earlier version could not read has no event of its own on the record.</summary>
    [Fact]
    public async Task Republish_EntryThatCanBeReadByNow_IsSent()
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 1);
        rig.Queue.Messages.Add((Poison, """{"ledgerIndex":0,"id":"","type":"","code":"entry-unreadable","reason":"r","at":"2026-03-01T12:00:00Z"}"""));

        Assert.Equal(new RequeueReport(1), (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Value);
        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
    }

    [Fact]
    public async Task Republish_QueueFailsOnTheWay_TellsWhatIsGone()
    {
        await using var rig = await RefusedAsync(2);
        rig.Topic.Answer = null;
        var republisher = Republisher(rig);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.Is<QueueMessage>(message => message.Id == "m1"), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("no route"));

        var report = (await republisher.RepublishAsync(MovedAsync, EventRig.Cancellation)).Value;

        Assert.Equal((1, "no route"), (report.Moved, report.Reason));
        Assert.Equal(["delete m0", "back m1"], _steps);
        Assert.Equal([1], _moved);
    }

    /// <summary>Damage of one entry, in the middle of a batch or at its end, is that record's trouble and no other's.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Republish_RecordOfADamagedEntry_StaysAndTheOthersHaveTheirTurn(int damaged)
    {
        await using var rig = await RefusedAsync(3);
        rig.Topic.Answer = null;
        await LoseAsync(rig, damaged);

        var report = (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Value;

        Assert.Equal((2, 1), (report.Moved, report.Stayed));
        Assert.StartsWith($"ledger entry {damaged}: entry-unreadable: The ledger's entry {damaged} is missing", report.Reason, StringComparison.Ordinal);
        Assert.Equal($"back m{damaged}", _steps[^1]);
        Assert.Equal([2], _moved);
    }

    [Fact]
    public async Task Republish_OnlyTheRecordOfADamagedEntry_IsStillRefused()
    {
        await using var rig = await RefusedAsync(1);
        await LoseAsync(rig, 0);

        var error = (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Error;

        Assert.Equal("events-still-refused", error.Code);
        Assert.Contains("entry-unreadable", error.Message, StringComparison.Ordinal);
        Assert.Empty(_moved);
    }

    /// <summary>Also of a fault that nobody foresaw: the records are gone.</summary>
    [Fact]
    public async Task Republish_FaultOnTheWay_TellsWhatIsGoneBeforeItThrows()
    {
        await using var rig = await RefusedAsync(2);
        rig.Topic.Answer = batch => batch[0].LedgerIndex == 1 ? throw new InvalidOperationException("a bug") : null;

        await Assert.ThrowsAsync<InvalidOperationException>(() => Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation));

        Assert.Equal([1], _moved);
        Assert.Equal(["delete m0", "back m1"], _steps);
    }

    [Fact]
    public async Task Republish_LedgerAwayAtOnce_Throws()
    {
        await using var rig = await RefusedAsync(1);
        rig.Ledger.Store.Revive(dieAt: 0);

        await Assert.ThrowsAsync<RecordStoreException>(() => Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation));

        Assert.Empty(_moved);
        Assert.Equal(["back m0"], _steps);
    }

    /// <summary>Another operator's run has the message by now, and counts it.</summary>
    [Fact]
    public async Task Republish_ClaimThatRanOut_IsNotCountedAsMoved()
    {
        await using var rig = await RefusedAsync(2);
        rig.Topic.Answer = null;
        var republisher = Republisher(rig);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>())).ReturnsAsync(false);

        var report = (await republisher.RepublishAsync(MovedAsync, EventRig.Cancellation)).Value;

        Assert.Equal((0, 2), (report.Moved, report.Stayed));
        Assert.Contains("message m1, but not before the claim", report.Reason, StringComparison.Ordinal);
        Assert.Empty(_moved);
        Assert.Empty(_steps);
    }

    /// <summary>A topic that needs a minute for each event: three are begun in a claim of five minutes, and the rest is claimed anew.</summary>
    [Fact]
    public async Task Republish_SlowTopic_ClaimsAnewBeforeTheClaimRunsOut()
    {
        await using var rig = await RefusedAsync(5);
        rig.Topic.Answer = batch =>
        {
            _steps.Add("send " + batch[0].LedgerIndex);
            rig.Ledger.Clock.Advance(TimeSpan.FromMinutes(1));
            return null;
        };
        var republisher = Republisher(rig);
        var messages = Messages(rig);
        _receiver.SetupSequence(receiver => receiver.ReceiveAsync(Poison, EventRepublisher.Batch, TimeSpan.FromMinutes(5), It.IsAny<CancellationToken>()))
            .ReturnsAsync(messages)
            .ReturnsAsync([.. messages.Skip(3).Select(message => message with { Receipt = "r2" })])
            .ReturnsAsync([]);

        Assert.Equal(new RequeueReport(5), (await republisher.RepublishAsync(MovedAsync, EventRig.Cancellation)).Value);

        Assert.Equal(["send 0", "delete m0", "send 1", "delete m1", "send 2", "delete m2", "back m3", "back m4", "send 3", "delete m3", "send 4", "delete m4"], _steps);
        Assert.Equal([5], _moved);
    }

    [Fact]
    public async Task Republish_NothingThereOrNoTopic_SaysSo()
    {
        await using var rig = await EventRig.OpenAsync();

        Assert.Equal(new RequeueReport(0), (await Republisher(rig).RepublishAsync(MovedAsync, EventRig.Cancellation)).Value);
        Assert.Equal("topic-not-configured", (await Republisher(rig, on: false).RepublishAsync(MovedAsync, EventRig.Cancellation)).Error.Code);
    }

    /// <summary>So many events that the topic refused for their size.</summary>
    private static async Task<EventRig> RefusedAsync(int count)
    {
        var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, count);
        rig.Topic.Answer = _ => FakeTopic.TooLarge;
        await rig.PublishAsync();
        return rig;
    }

    private static Task<CommitResult> LoseAsync(EventRig rig, int entry) =>
        rig.Ledger.Store.CommitAsync(new RecordBatch(LedgerKeys.Table, LedgerKeys.EntryPartition(entry)).Delete(LedgerKeys.EntryRow(entry)), EventRig.Cancellation);

    private static IReadOnlyList<QueueMessage> Messages(EventRig rig) =>
        [.. rig.Queue.Messages.Select((one, i) => new QueueMessage(Poison, $"m{i}", one.Text, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "r"))];

    private Task MovedAsync(int count)
    {
        _moved.Add(count);
        return Task.CompletedTask;
    }

    private EventRepublisher Republisher(EventRig rig, bool on = true)
    {
        var messages = Messages(rig);
        _receiver.Setup(receiver => receiver.CountAsync(Poison, It.IsAny<CancellationToken>())).ReturnsAsync(messages.Count);
        _receiver.SetupSequence(receiver => receiver.ReceiveAsync(Poison, It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).ReturnsAsync(messages).ReturnsAsync([]);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>())).Callback((QueueMessage message, CancellationToken _) => _steps.Add("delete " + message.Id)).ReturnsAsync(true);
        _receiver.Setup(receiver => receiver.AbandonAsync(It.IsAny<QueueMessage>(), TimeSpan.Zero, It.IsAny<CancellationToken>())).Callback((QueueMessage message, TimeSpan _, CancellationToken _) => _steps.Add("back " + message.Id)).ReturnsAsync(true);
        var entries = new EventBatches(rig.Ledger.Ledger, Options.Create(new EventOptions()), Options.Create(new LedgerOptions()));
        return new EventRepublisher(on ? [rig.Topic] : [], entries, _receiver.Object, rig.Ledger.Clock, NullLogger<EventRepublisher>.Instance);
    }
}
