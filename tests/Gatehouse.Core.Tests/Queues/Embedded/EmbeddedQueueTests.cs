using Gatehouse.Core.Queues;
using Gatehouse.Core.Queues.Embedded;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;
using Xunit;

namespace Gatehouse.Core.Tests.Queues.Embedded;

public sealed class EmbeddedQueueTests : IDisposable
{
    private const string Name = "intake-work";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Receive_SeveralObjectsOverOneDirectory_DeliverEachMessageOnce()
    {
        const int Messages = 100;
        var writer = Queue(0);
        for (var i = 0; i < Messages; i++)
        {
            await writer.EnqueueAsync(Name, $"{i}", TimeSpan.Zero, Cancellation);
        }

        // Each object first lists everything, so that all run after the same files.
        var receivers = Enumerable.Range(1, 5).Select(Queue).ToList();
        var received = await Task.WhenAll(receivers.Select(receiver => Task.Run(async () =>
        {
            var mine = new List<QueueMessage>();
            while (await receiver.ReceiveAsync(Name, 3, Timeout, Cancellation) is { Count: > 0 } messages)
            {
                mine.AddRange(messages);
            }

            return mine;
        })));

        Assert.Equal(Enumerable.Range(0, Messages), received.SelectMany(messages => messages).Select(message => int.Parse(message.Text)).Order());
    }

    [Fact]
    public async Task Receive_OldestVisibleFirst_InOrderOfVisibility()
    {
        var queue = Queue(1);
        await queue.EnqueueAsync(Name, "third", TimeSpan.FromSeconds(3), Cancellation);
        await queue.EnqueueAsync(Name, "first", TimeSpan.FromSeconds(1), Cancellation);
        await queue.EnqueueAsync(Name, "second", TimeSpan.FromSeconds(2), Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["first", "second", "third"], (await queue.ReceiveAsync(Name, 10, Timeout, Cancellation)).Select(message => message.Text));
    }

    [Fact]
    public async Task Receive_ReceiverDiedWithAClaim_DeliversToTheNextProcess()
    {
        await Queue(1).EnqueueAsync(Name, "text", TimeSpan.Zero, Cancellation);
        Assert.Single(await Queue(2).ReceiveAsync(Name, 1, Timeout, Cancellation));
        _clock.Advance(Timeout);

        Assert.Equal(2, Assert.Single(await Queue(3).ReceiveAsync(Name, 1, Timeout, Cancellation)).DequeueCount);
    }

    [Fact]
    public async Task Receive_LeftoversOfADeadProcess_AreNeverMessagesAndGoAfterAnHour()
    {
        var queue = Queue(1);
        await queue.EnqueueAsync(Name, "whole", TimeSpan.Zero, Cancellation);
        var half = new MessageName(_clock.GetUtcNow(), 0, _clock.GetUtcNow(), "half").ToString();
        await File.WriteAllTextAsync(Path.Combine(_directory[Name], half + ".tmp"), "ha", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_directory[Name], half + ".done"), "done", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_directory[Name], "notes.txt"), "not ours", Cancellation);

        Assert.Equal("whole", Assert.Single(await queue.ReceiveAsync(Name, 10, TimeSpan.FromDays(1), Cancellation)).Text);
        Assert.Equal(4, Directory.GetFiles(_directory[Name]).Length);
        Assert.Equal(1, await queue.CountAsync(Name, Cancellation));
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(await queue.ReceiveAsync(Name, 10, Timeout, Cancellation));
        Assert.Equal(2, Directory.GetFiles(_directory[Name]).Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(8 * 86_400)]
    public async Task Enqueue_DelayOutOfRange_IsRefused(int seconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue(1).EnqueueAsync(Name, "text", TimeSpan.FromSeconds(seconds), Cancellation));

    [Fact]
    public async Task Receive_TimeoutBelowASecond_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue(1).ReceiveAsync(Name, 1, TimeSpan.Zero, Cancellation));

    [Fact]
    public async Task Enqueue_TextThatIsNotUnicode_IsRefused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue(1).EnqueueAsync(Name, "\ud800", TimeSpan.Zero, Cancellation));

    [Fact]
    public void MessageName_WrittenAndRead_IsTheSame()
    {
        var name = new MessageName(_clock.GetUtcNow().AddTicks(7), 12, _clock.GetUtcNow(), "0abc");

        Assert.True(MessageName.TryParse(name.ToString(), out var parsed));
        Assert.Equal(name, parsed);
        Assert.False(MessageName.TryParse("1.2.3.msg", out _));
        Assert.False(MessageName.TryParse("x.00001.1.id.msg", out _));
        Assert.False(MessageName.TryParse("9999999999999999999.00001.1.id.msg", out _));
    }

    private EmbeddedQueue Queue(int seed) => new(_directory.Path, _clock, new IdSource(_clock, new SeededEntropy(seed)));
}
