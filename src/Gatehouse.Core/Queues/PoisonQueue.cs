using System.Text;

namespace Gatehouse.Core.Queues;

/// <summary>Takes messages back from where they went after failing too often.</summary>
public static class PoisonQueue
{
    private const int Batch = 32;

    /// <summary>Longer than copying a batch takes, so that no second requeue copies the same ones meanwhile.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(1);

    /// <summary>Moves up to 32 messages from the poison queue of <paramref name="name"/> back. Each is copied before it is deleted, so a crash between repeats one and loses none.</summary>
    /// <returns>How many; fewer than there were when the queue fails on the way. 0 when none is left.</returns>
    /// <exception cref="IOException">The queue failed before any was moved.</exception>
    public static async Task<int> RequeueBatchAsync(IWorkQueue queue, IWorkQueueReceiver receiver, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(receiver);
        var moved = 0;
        try
        {
            while (moved == 0 && await receiver.ReceiveAsync(QueueNames.Poison(name), Batch, Claim, cancellationToken) is { Count: > 0 } messages)
            {
                foreach (var message in messages.Where(CanBeSent))
                {
                    await queue.EnqueueAsync(name, message.Text, TimeSpan.Zero, cancellationToken);
                    moved++;
                    await receiver.CompleteAsync(message, cancellationToken);
                }
            }
        }
        catch (Exception failed) when (moved > 0 && failed is (IOException or OperationCanceledException))
        {
            // What was moved is told; the next call meets the trouble again, and throws.
        }

        return moved;
    }

    /// <summary>Another program can put more there than we may send; it stays, and can be seen there.</summary>
    private static bool CanBeSent(QueueMessage message) => Encoding.UTF8.GetByteCount(message.Text) <= QueueLimits.MaxTextBytes;
}
