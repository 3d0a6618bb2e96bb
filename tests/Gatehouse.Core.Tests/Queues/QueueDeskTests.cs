using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Tests.Estate;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Queues;

public class QueueDeskTests
{
    private const string Queue = QueueNames.IntakeWork;
    private const string Poison = Queue + "-poison";

    private static readonly Actor Olga = new("user:olga", "Olga");

    private readonly Mock<IWorkQueue> _queue = new();
    private readonly Mock<IWorkQueueReceiver> _receiver = new();
    private readonly Mock<IRefusedEventDesk> _refusedEvents = new();
    private readonly RecordingInbox _inbox = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private QueueDesk Desk => new(_queue.Object, _receiver.Object, _refusedEvents.Object, _inbox, _clock, new IdSource(_clock, new SeededEntropy()), NullLogger<QueueDesk>.Instance);

    [Fact]
    public async Task List_QueueThatCannotBeAsked_SaysWhy()
    {
        _receiver.Setup(receiver => receiver.CountAsync(Poison, It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("no route"));

        Assert.Equal(
            [new QueueStatus(Queue, null, null, "no route"), .. QueueNames.All.Skip(1).Select(other => new QueueStatus(other, 0, 0))],
            await Desk.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Requeue_RefusedEvents_ArePublishedAgainAndRecordedNotMoved()
    {
        _refusedEvents.Setup(desk => desk.RepublishAsync(It.IsAny<Func<int, Task>>(), It.IsAny<CancellationToken>()))
            .Returns(async (Func<int, Task> moved, CancellationToken _) =>
            {
                await moved(2);
                return new RequeueReport(2, 1, "no");
            });

        Assert.Equal(new RequeueReport(2, 1, "no"), (await Desk.RequeueAsync(QueueNames.EventsOut, Olga, Cancellation)).Value);

        Assert.Equal("2", Assert.Single(_inbox.OfType(LedgerEventTypes.QueueRequeued)).Details["count"]);
        _queue.VerifyNoOtherCalls();
        _receiver.VerifyNoOtherCalls();
    }

    [Fact]
    public async Task Requeue_RefusedEventsRunThatFailsOnTheWay_RecordsWhatIsGone()
    {
        _refusedEvents.Setup(desk => desk.RepublishAsync(It.IsAny<Func<int, Task>>(), It.IsAny<CancellationToken>()))
            .Returns(async (Func<int, Task> moved, CancellationToken _) =>
            {
                await moved(3);
                throw new InvalidOperationException("a bug");
            });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Desk.RequeueAsync(QueueNames.EventsOut, Olga, Cancellation));

        Assert.Equal("3", Assert.Single(_inbox.OfType(LedgerEventTypes.QueueRequeued)).Details["count"]);
    }

    [Fact]
    public async Task Requeue_RefusedEventsTheTopicStillRefuses_AreNoEvent()
    {
        _refusedEvents.Setup(desk => desk.RepublishAsync(It.IsAny<Func<int, Task>>(), It.IsAny<CancellationToken>())).ReturnsAsync(QueueErrors.StillRefused(1, "no"));

        Assert.Equal("events-still-refused", (await Desk.RequeueAsync(QueueNames.EventsOut, Olga, Cancellation)).Error.Code);
        Assert.Empty(_inbox.Events);
    }

    public static TheoryData<Exception> Troubles => [new IOException("no route"), new RecordStoreException("no route")];

    [Theory]
    [MemberData(nameof(Troubles), DisableDiscoveryEnumeration = true)]
    public async Task Requeue_RefusedEventsQueueOrLedgerThatFails_IsUnavailable(Exception trouble)
    {
        _refusedEvents.Setup(desk => desk.RepublishAsync(It.IsAny<Func<int, Task>>(), It.IsAny<CancellationToken>())).ThrowsAsync(trouble);

        var error = (await Desk.RequeueAsync(QueueNames.EventsOut, Olga, Cancellation)).Error;

        Assert.Equal((ErrorKind.Unavailable, "queue-unavailable"), (error.Kind, error.Code));
        Assert.Contains("no route", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Queues_HasBothCounts()
    {
        _receiver.Setup(receiver => receiver.CountAsync(Queue, It.IsAny<CancellationToken>())).ReturnsAsync(7);
        _receiver.Setup(receiver => receiver.CountAsync(Poison, It.IsAny<CancellationToken>())).ReturnsAsync(2);

        Assert.Equal(new QueueStatus(Queue, 7, 2), (await Desk.ListAsync(Cancellation))[0]);
    }

    [Theory]
    [InlineData("intake-work-poison")]
    [InlineData("")]
    [InlineData("../up")]
    public async Task Requeue_NoQueueOfOurs_IsRefusedWithTheAllowedOnes(string name)
    {
        var refused = (await Desk.RequeueAsync(name, Olga, Cancellation)).Error;

        Assert.Equal((ErrorKind.NotFound, "queue-unknown"), (refused.Kind, refused.Code));
        Assert.Equal(QueueNames.All, refused.Allowed);
        Assert.Equal("queue-unknown", (await Desk.PeekPoisonAsync(name, Cancellation)).Error.Code);
    }

    [Fact]
    public async Task Requeue_Messages_AreCopiedBeforeTheyAreDeletedAndRecorded()
    {
        var order = new List<string>();
        Holds("a", "b");
        _queue.Setup(queue => queue.EnqueueAsync(Queue, It.IsAny<string>(), TimeSpan.Zero, It.IsAny<CancellationToken>()))
            .Callback((string _, string text, TimeSpan _, CancellationToken _) => order.Add("copy " + text)).Returns(Task.CompletedTask);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>()))
            .Callback((QueueMessage message, CancellationToken _) => order.Add("delete " + message.Text)).ReturnsAsync(true);

        Assert.Equal(new RequeueReport(2), (await Desk.RequeueAsync(Queue, Olga, Cancellation)).Value);

        Assert.Equal(["copy a", "delete a", "copy b", "delete b"], order);
        var recorded = Assert.Single(_inbox.OfType(LedgerEventTypes.QueueRequeued));
        Assert.Equal(("user:olga", "queue:intake-work"), (recorded.Actor, recorded.Subject));
        Assert.Equal("actorName=Olga,count=2,queue=intake-work", string.Join(',', recorded.Details.Select(detail => $"{detail.Key}={detail.Value}")));
    }

    [Fact]
    public async Task Requeue_NothingThere_IsNoEvent()
    {
        Holds();

        Assert.Equal(new RequeueReport(0), (await Desk.RequeueAsync(Queue, Olga, Cancellation)).Value);
        Assert.Empty(_inbox.Events);
    }

    [Fact]
    public async Task Requeue_QueueFailsOnTheWay_TellsAndRecordsWhatWasMoved()
    {
        Holds("a", "b");
        _queue.Setup(queue => queue.EnqueueAsync(Queue, "b", TimeSpan.Zero, It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("full"));

        Assert.Equal(new RequeueReport(1), (await Desk.RequeueAsync(Queue, Olga, Cancellation)).Value);

        _receiver.Verify(receiver => receiver.CompleteAsync(It.Is<QueueMessage>(message => message.Text == "b"), It.IsAny<CancellationToken>()), Times.Never);
        Assert.Equal("1", Assert.Single(_inbox.Events).Details["count"]);
    }

    [Fact]
    public async Task Requeue_QueueThatFailsAtOnce_IsUnavailable()
    {
        _receiver.Setup(receiver => receiver.ReceiveAsync(Poison, It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("no route"));
        _receiver.Setup(receiver => receiver.PeekAsync(Poison, It.IsAny<int>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("no route"));
        _receiver.Setup(receiver => receiver.CountAsync(Poison, It.IsAny<CancellationToken>())).ReturnsAsync(1);

        var refused = (await Desk.RequeueAsync(Queue, Olga, Cancellation)).Error;

        Assert.Equal((ErrorKind.Unavailable, "queue-unavailable"), (refused.Kind, refused.Code));
        Assert.Equal("queue-unavailable", (await Desk.PeekPoisonAsync(Queue, Cancellation)).Error.Code);
        Assert.Empty(_inbox.Events);
    }

    [Fact]
    public async Task Requeue_TextTooLongToSend_StaysAndHoldsUpNoOther()
    {
        Holds(new string('x', QueueLimits.MaxTextBytes + 1), "short");

        Assert.Equal(new RequeueReport(1), (await Desk.RequeueAsync(Queue, Olga, Cancellation)).Value);

        _receiver.Verify(receiver => receiver.CompleteAsync(It.Is<QueueMessage>(message => message.Text == "short"), It.IsAny<CancellationToken>()), Times.Once);
        _receiver.Verify(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    /// <summary>An event nobody can read is back before the next look.</summary>
    [Fact]
    public async Task Requeue_MessagesThatFailAgainAtOnce_AreMovedOnce()
    {
        Holds("a", "b");
        var again = new QueueMessage(Poison, "m", "a", 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "r");
        _receiver.Setup(receiver => receiver.ReceiveAsync(Poison, It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).ReturnsAsync([again, again]);

        Assert.Equal(new RequeueReport(2), (await Desk.RequeueAsync(Queue, Olga, Cancellation)).Value);
    }

    /// <summary>One batch on the poison queue, and then none.</summary>
    private void Holds(params string[] texts)
    {
        IReadOnlyList<QueueMessage> messages = [.. texts.Select((text, i) => new QueueMessage(Poison, $"m{i}", text, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "r"))];
        _receiver.Setup(receiver => receiver.CountAsync(Poison, It.IsAny<CancellationToken>())).ReturnsAsync(texts.Length);
        _receiver.SetupSequence(receiver => receiver.ReceiveAsync(Poison, It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(messages)
            .ReturnsAsync([]);
        _receiver.Setup(receiver => receiver.CompleteAsync(It.IsAny<QueueMessage>(), It.IsAny<CancellationToken>())).ReturnsAsync(true);
    }
}
