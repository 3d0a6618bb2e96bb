using Gatehouse.Core.Events;
using Gatehouse.Core.Queues;
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

        Assert.Equal(new RequeueReport(2), (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Value);

        Assert.Equal(2, refused);
        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
        Assert.Equal(["send 0", "delete m0", "send 1", "delete m1"], _steps);
    }

    [Fact]
    public async Task Republish_StillRefused_KeepsTheRecordsAndSaysWhy()
    {
        await using var rig = await RefusedAsync(2);

        var error = (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Error;

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

        var report = (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Value;

        Assert.Equal((2, 1, "ledger entry 1: BadRequest: 400: no"), (report.Moved, report.Stayed, report.Reason));
        Assert.Equal(["delete m0", "delete m2", "back m1"], _steps);
    }

    [Fact]
    public async Task Republish_TopicAway_StopsAndGivesAllBack()
    {
        await using var rig = await RefusedAsync(3);
        var asked = 0;
        rig.Topic.Answer = _ => asked++ < 10 ? FakeTopic.Away : null;

        var error = (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Error;

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

        var error = (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Error;

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

        Assert.Equal(new RequeueReport(1), (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Value);
        Assert.Equal(await rig.Ledger.IdsAsync(), rig.Topic.Ids);
    }

    [Fact]
    public async Task Republish_QueueFailsOnTheWay_TellsWhatWasTaken()
    {
        await using var rig = await RefusedAsync(2);
        rig.Topic.Answer = null;
        var republisher = Republisher(rig);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("no route"));

        var report = (await republisher.RepublishAsync(EventRig.Cancellation)).Value;

        Assert.Equal((1, "no route"), (report.Moved, report.Reason));
        Assert.Equal(["back m1"], _steps);
    }

    [Fact]
    public async Task Republish_NothingThereOrNoTopic_SaysSo()
    {
        await using var rig = await EventRig.OpenAsync();

        Assert.Equal(new RequeueReport(0), (await Republisher(rig).RepublishAsync(EventRig.Cancellation)).Value);
        Assert.Equal("topic-not-configured", (await Republisher(rig, on: false).RepublishAsync(EventRig.Cancellation)).Error.Code);
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

    private EventRepublisher Republisher(EventRig rig, bool on = true)
    {
        IReadOnlyList<QueueMessage> messages = [.. rig.Queue.Messages.Select((one, i) => new QueueMessage(Poison, $"m{i}", one.Text, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "r"))];
        _receiver.Setup(receiver => receiver.CountAsync(Poison, It.IsAny<CancellationToken>())).ReturnsAsync(messages.Count);
        _receiver.SetupSequence(receiver => receiver.ReceiveAsync(Poison, It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).ReturnsAsync(messages).ReturnsAsync([]);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>())).Callback((QueueMessage message, CancellationToken _) => _steps.Add("delete " + message.Id)).ReturnsAsync(true);
        _receiver.Setup(receiver => receiver.AbandonAsync(It.IsAny<QueueMessage>(), TimeSpan.Zero, It.IsAny<CancellationToken>())).Callback((QueueMessage message, TimeSpan _, CancellationToken _) => _steps.Add("back " + message.Id)).ReturnsAsync(true);
        var entries = new EventBatches(rig.Ledger.Ledger, Options.Create(new EventOptions()), Options.Create(new Core.Ledger.LedgerOptions()));
        return new EventRepublisher(on ? [rig.Topic] : [], entries, _receiver.Object, NullLogger<EventRepublisher>.Instance);
    }
}
