using Gatehouse.Core.Queues;
using Gatehouse.Core.Time;
using Xunit;

namespace Gatehouse.Contracts;

/// <summary>Both ends of one set of queues, and a way to let time pass for them.</summary>
/// <param name="PassAsync">Lets at least this much time pass: a manual clock moves, a real service is waited for.</param>
public sealed record WorkQueueFixture(IWorkQueue Queue, IWorkQueueReceiver Receiver, Func<TimeSpan, Task> PassAsync);

/// <summary>What every <see cref="IWorkQueue"/> and <see cref="IWorkQueueReceiver"/> does. A back end subclasses this; each test uses a queue of its own.</summary>
public abstract class WorkQueueContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Longer than any test: what is hidden for this long stays hidden, however slow the machine.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly string _queue = "contract-" + Unique();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<WorkQueueFixture> OpenAsync();

    [Theory]
    [InlineData("plain text")]
    [InlineData("{\"id\":\"\u00fc \\u0000 \u65e5\u672c\",\"n\":1}")]
    [InlineData("line\r\nline\t\u0001end")]
    [InlineData(" ")]
    public async Task Receive_MessageQueued_IsDeliveredUnchanged(string text)
    {
        var (queue, receiver, _) = await OpenAsync();
        await queue.EnqueueAsync(_queue, text, TimeSpan.Zero, Cancellation);

        var message = Assert.Single(await receiver.ReceiveAsync(_queue, 10, Timeout, Cancellation));

        Assert.Equal((_queue, text, 1), (message.Queue, message.Text, message.DequeueCount));
        Assert.NotEmpty(message.Id);
        Assert.True(message.NextVisibleAt > message.InsertedAt);
    }

    [Fact]
    public async Task Receive_QueueNeverUsed_IsEmpty()
    {
        var (_, receiver, _) = await OpenAsync();

        Assert.Empty(await receiver.ReceiveAsync(_queue, 1, Timeout, Cancellation));
        Assert.Equal(0, await receiver.CountAsync(_queue, Cancellation));
    }

    [Fact]
    public async Task Receive_LargestText_IsDeliveredAndOneMoreByteRefused()
    {
        var (queue, receiver, _) = await OpenAsync();
        var largest = new string('x', QueueLimits.MaxTextBytes - 2) + "\u00fc";
        await queue.EnqueueAsync(_queue, largest, TimeSpan.Zero, Cancellation);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => queue.EnqueueAsync(_queue, largest + "x", TimeSpan.Zero, Cancellation));

        Assert.Contains($"{QueueLimits.MaxTextBytes}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(largest, Assert.Single(await receiver.ReceiveAsync(_queue, 10, Timeout, Cancellation)).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("two--dashes")]
    [InlineData("-start")]
    [InlineData("end-")]
    [InlineData("../up")]
    public async Task Enqueue_NoQueueName_IsRefused(string name)
    {
        var (queue, _, _) = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => queue.EnqueueAsync(name, "text", TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task Receive_Delayed_IsInvisibleUntilThen()
    {
        var (queue, receiver, pass) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "soon", Second, Cancellation);
        await queue.EnqueueAsync(_queue, "later", Timeout, Cancellation);

        Assert.Equal(2, await receiver.CountAsync(_queue, Cancellation));
        await pass(Second);
        Assert.Equal("soon", Assert.Single(await receiver.ReceiveAsync(_queue, 10, Timeout, Cancellation)).Text);
    }

    [Fact]
    public async Task Receive_Claimed_IsNotDeliveredToAnother()
    {
        var (queue, receiver, _) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "one", TimeSpan.Zero, Cancellation);
        await receiver.ReceiveAsync(_queue, 1, Timeout, Cancellation);

        Assert.Empty(await receiver.ReceiveAsync(_queue, 1, Timeout, Cancellation));
        Assert.Equal(1, await receiver.CountAsync(_queue, Cancellation));
    }

    [Fact]
    public async Task Receive_ClaimRunOut_IsDeliveredAgainAndTheOldReceiptIsWorthless()
    {
        var (queue, receiver, pass) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "one", TimeSpan.Zero, Cancellation);
        var first = Assert.Single(await receiver.ReceiveAsync(_queue, 1, 2 * Second, Cancellation));
        await pass(2 * Second);

        var second = Assert.Single(await receiver.ReceiveAsync(_queue, 1, Timeout, Cancellation));

        Assert.Equal((first.Id, 2), (second.Id, second.DequeueCount));
        Assert.Equal(first.InsertedAt, second.InsertedAt);
        Assert.False(await receiver.CompleteAsync(first, Cancellation));
        Assert.False(await receiver.AbandonAsync(first, TimeSpan.Zero, Cancellation));
        Assert.False(await receiver.MoveToPoisonAsync(first, Cancellation));
        Assert.True(await receiver.CompleteAsync(second, Cancellation));
    }

    [Fact]
    public async Task Complete_Claimed_IsGoneForGood()
    {
        var (queue, receiver, pass) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "one", TimeSpan.Zero, Cancellation);
        var message = Assert.Single(await receiver.ReceiveAsync(_queue, 1, 2 * Second, Cancellation));

        Assert.True(await receiver.CompleteAsync(message, Cancellation));
        Assert.False(await receiver.CompleteAsync(message, Cancellation));
        await pass(2 * Second);

        Assert.Empty(await receiver.ReceiveAsync(_queue, 1, Timeout, Cancellation));
        Assert.Equal(0, await receiver.CountAsync(_queue, Cancellation));
    }

    [Fact]
    public async Task Abandon_Claimed_ComesBackAfterTheDelay()
    {
        var (queue, receiver, pass) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "one", TimeSpan.Zero, Cancellation);
        await queue.EnqueueAsync(_queue, "two", TimeSpan.Zero, Cancellation);
        var claimed = await receiver.ReceiveAsync(_queue, 2, Timeout, Cancellation);
        var first = Assert.Single(claimed, message => message.Text == "one");

        Assert.True(await receiver.AbandonAsync(first, Second, Cancellation));
        Assert.True(await receiver.AbandonAsync(Assert.Single(claimed, message => message.Text == "two"), Timeout, Cancellation));
        await pass(Second);

        var second = Assert.Single(await receiver.ReceiveAsync(_queue, 2, Timeout, Cancellation));
        Assert.Equal((first.Id, "one", 2), (second.Id, second.Text, second.DequeueCount));
    }

    [Fact]
    public async Task MoveToPoison_Claimed_IsOnThePoisonQueueOnly()
    {
        var (queue, receiver, _) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "bad", TimeSpan.Zero, Cancellation);
        var message = Assert.Single(await receiver.ReceiveAsync(_queue, 1, Timeout, Cancellation));

        Assert.True(await receiver.MoveToPoisonAsync(message, Cancellation));

        Assert.Equal(0, await receiver.CountAsync(_queue, Cancellation));
        var poison = Assert.Single(await receiver.ReceiveAsync(QueueNames.Poison(_queue), 1, Timeout, Cancellation));
        Assert.Equal(("bad", 1), (poison.Text, poison.DequeueCount));
    }

    [Fact]
    public async Task Peek_Messages_AreShownAndLeftAsTheyAre()
    {
        var (queue, receiver, _) = await OpenAsync();
        await queue.EnqueueAsync(_queue, "one", TimeSpan.Zero, Cancellation);
        await queue.EnqueueAsync(_queue, "two", TimeSpan.Zero, Cancellation);
        await queue.EnqueueAsync(_queue, "later", Timeout, Cancellation);

        var peeked = await receiver.PeekAsync(_queue, 32, Cancellation);

        Assert.Equal(["one", "two"], peeked.Select(message => message.Text).Order(StringComparer.Ordinal));
        Assert.Single(await receiver.PeekAsync(_queue, 1, Cancellation));
        var received = await receiver.ReceiveAsync(_queue, 10, Timeout, Cancellation);
        Assert.Equal(peeked.Select(message => (message.Id, message.InsertedAt)).Order(), received.Select(message => (message.Id, message.InsertedAt)).Order());
        Assert.All(received, message => Assert.Equal(1, message.DequeueCount));
        Assert.Empty(await receiver.PeekAsync(_queue, 32, Cancellation));
    }

    [Fact]
    public async Task Peek_QueueNeverUsed_IsEmpty()
    {
        var (_, receiver, _) = await OpenAsync();

        Assert.Empty(await receiver.PeekAsync(_queue, 32, Cancellation));
    }

    [Fact]
    public async Task Requeue_Poison_IsBackAsNewMessages()
    {
        const int Messages = 40;
        var (queue, receiver, _) = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => queue.EnqueueAsync(QueueNames.Poison(_queue), $"{i}", TimeSpan.Zero, Cancellation)));

        var moved = 0;
        while (await PoisonQueue.RequeueBatchAsync(queue, receiver, _queue, Cancellation) is > 0 and var batch)
        {
            moved += batch;
        }

        Assert.Equal(Messages, moved);
        Assert.Equal(0, await receiver.CountAsync(QueueNames.Poison(_queue), Cancellation));
        var back = new List<QueueMessage>();
        while (await receiver.ReceiveAsync(_queue, 32, Timeout, Cancellation) is { Count: > 0 } messages)
        {
            back.AddRange(messages);
        }

        Assert.Equal(Enumerable.Range(0, Messages), back.Select(message => int.Parse(message.Text)).Order());
        Assert.All(back, message => Assert.Equal(1, message.DequeueCount));
    }

    [Fact]
    public async Task Requeue_ClaimedByAnother_IsLeftToIt()
    {
        var (queue, receiver, _) = await OpenAsync();
        await queue.EnqueueAsync(QueueNames.Poison(_queue), "one", TimeSpan.Zero, Cancellation);
        Assert.Single(await receiver.ReceiveAsync(QueueNames.Poison(_queue), 1, Timeout, Cancellation));

        Assert.Equal(0, await PoisonQueue.RequeueBatchAsync(queue, receiver, _queue, Cancellation));
        Assert.Equal(0, await receiver.CountAsync(_queue, Cancellation));
    }

    [Fact]
    public async Task Receive_Max_TakesNoMore()
    {
        var (queue, receiver, _) = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await queue.EnqueueAsync(_queue, $"{i}", TimeSpan.Zero, Cancellation);
        }

        var first = await receiver.ReceiveAsync(_queue, 3, Timeout, Cancellation);
        var rest = await receiver.ReceiveAsync(_queue, 3, Timeout, Cancellation);

        Assert.Equal((3, 2), (first.Count, rest.Count));
        Assert.Equal(["0", "1", "2", "3", "4"], first.Concat(rest).Select(message => message.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Receive_SeveralReceiversAtOnce_DeliverEachMessageOnce()
    {
        const int Messages = 60;
        var (queue, receiver, _) = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => queue.EnqueueAsync(_queue, $"{i}", TimeSpan.Zero, Cancellation)));

        var received = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var mine = new List<string>();
            while (await receiver.ReceiveAsync(_queue, 4, Timeout, Cancellation) is { Count: > 0 } messages)
            {
                foreach (var message in messages)
                {
                    mine.Add(message.Text);
                    Assert.True(await receiver.CompleteAsync(message, Cancellation));
                }
            }

            return mine;
        })));

        Assert.Equal(Enumerable.Range(0, Messages), received.SelectMany(texts => texts).Select(int.Parse).Order());
        Assert.Equal(0, await receiver.CountAsync(_queue, Cancellation));
    }

    private static string Unique()
    {
        var bytes = new byte[8];
        new SystemEntropy().Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
