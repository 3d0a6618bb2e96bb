using Gatehouse.Core.Queues;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Local.Hosting;

/// <summary>Delivers queue messages to a function as the Functions host does: many at once, again on failure, to the poison queue in the end.</summary>
internal sealed class QueuePump(
    IWorkQueueReceiver receiver,
    FunctionInvoker invoker,
    InvocationEnvelope envelopes,
    TimeProvider clock,
    ILogger<QueuePump> logger)
{
    /// <summary>host.json: extensions.queues.maxDequeueCount.</summary>
    public const int MaxDequeueCount = 5;

    /// <summary>Messages in work at once; the host's batchSize plus newBatchThreshold.</summary>
    private const int Concurrency = 24;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(string queue, string function, CancellationToken cancellationToken)
    {
        var running = new HashSet<Task>();
        var pause = ShortestPoll;
        while (!cancellationToken.IsCancellationRequested)
        {
            running.RemoveWhere(task => task.IsCompleted);
            var free = Concurrency - running.Count;
            var messages = free > 0 ? await ReceiveAsync(queue, free, cancellationToken) : [];
            foreach (var message in messages)
            {
                running.Add(TryDeliverAsync(message, function, cancellationToken));
            }

            if (messages.Count > 0)
            {
                pause = ShortestPoll;
                continue;
            }

            await Task.Delay(pause, clock, cancellationToken);
            pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll;
        }
    }

    /// <summary>A disk that fails now may not fail at the next poll; a pump that ended would leave every intake where it stands.</summary>
    private async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int max, CancellationToken cancellationToken)
    {
        try
        {
            return await receiver.ReceiveAsync(queue, max, Lease, cancellationToken);
        }
        catch (IOException exception)
        {
            Log.QueueUnreadable(logger, queue, exception.Message);
            return [];
        }
    }

    private async Task TryDeliverAsync(QueueMessage message, string function, CancellationToken cancellationToken)
    {
        try
        {
            await DeliverAsync(message, function, cancellationToken);
        }
        catch (IOException exception)
        {
            Log.MessageUnsettled(logger, message.Id, message.Queue, exception.Message);
        }
    }

    private async Task DeliverAsync(QueueMessage message, string function, CancellationToken cancellationToken)
    {
        var envelope = envelopes.Queue(function, message.Id, message.Text, message.DequeueCount, message.InsertedAt);
        if (await invoker.InvokeAsync(function, envelope, cancellationToken))
        {
            await receiver.CompleteAsync(message, cancellationToken);
        }
        else if (message.DequeueCount >= MaxDequeueCount)
        {
            await receiver.MoveToPoisonAsync(message, cancellationToken);
            Log.Poisoned(logger, message.Id, message.Queue, message.DequeueCount, QueueNames.Poison(message.Queue));
        }
        else
        {
            await receiver.AbandonAsync(message, RetryDelay, cancellationToken);
        }
    }
}
