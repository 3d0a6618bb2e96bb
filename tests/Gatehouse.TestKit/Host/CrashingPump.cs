using System.Collections.Concurrent;
using Gatehouse.Core.Queues;

namespace Gatehouse.TestKit.Host;

/// <summary>The host's queue listener over a handler that dies: what it was working on comes back, at once or when its lease ends.</summary>
public sealed class CrashingPump(IWorkQueueReceiver receiver, CrashingHost host, string queue, string function)
{
    /// <summary>Messages in work at once; fewer than the host's 24, so that one kill does not end them all at their first try.</summary>
    private const int Concurrency = 12;

    /// <summary>A host that died with its handler would not give messages back; others receive them when this has passed.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private int _lost;
    private int _poisoned;

    /// <summary>What the handler answered when it failed an invocation; a kill is no answer.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Messages given up after <see cref="FunctionsHostHarness.MaxDequeueCount"/> deliveries.</summary>
    public int Poisoned => _poisoned;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Poll, TimeProvider.System);
        var running = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            running.RemoveAll(task => task.IsCompletedSuccessfully);
            foreach (var failed in running.Where(task => task.IsFaulted))
            {
                await failed;
            }

            var free = Concurrency - running.Count;
            var messages = free > 0 ? await receiver.ReceiveAsync(queue, free, Lease, CancellationToken.None) : [];
            running.AddRange(messages.Select(message => DeliverAsync(message)));
            if (messages.Count == 0)
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }

        await Task.WhenAll(running);
    }

    private async Task DeliverAsync(QueueMessage message)
    {
        var body = InvocationBodies.Queue(function, message.Text, message.DequeueCount, message.Id);
        var outcome = await host.TryAsync(harness => harness.InvokeAsync(function, body, CancellationToken.None), CancellationToken.None);
        if (outcome?.Verdict == InvocationVerdict.Succeeded)
        {
            await receiver.CompleteAsync(message, CancellationToken.None);
            return;
        }

        if (outcome is not null)
        {
            Failures.Enqueue($"{message.Text}: {outcome.Status} {outcome.Body}");
        }

        if (message.DequeueCount >= FunctionsHostHarness.MaxDequeueCount)
        {
            Interlocked.Increment(ref _poisoned);
            await receiver.MoveToPoisonAsync(message, CancellationToken.None);
        }
        else if (Interlocked.Increment(ref _lost) % 2 == 0)
        {
            await receiver.AbandonAsync(message, TimeSpan.Zero, CancellationToken.None);
        }
    }
}
