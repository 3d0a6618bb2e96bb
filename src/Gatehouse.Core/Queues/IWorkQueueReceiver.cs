namespace Gatehouse.Core.Queues;

/// <param name="Id">The same for every delivery of this message.</param>
/// <param name="DequeueCount">1 at the first delivery.</param>
/// <param name="NextVisibleAt">When it comes back unless it is completed.</param>
/// <param name="Receipt">Proves this delivery; worthless after the next one.</param>
public sealed record QueueMessage(string Queue, string Id, string Text, int DequeueCount, DateTimeOffset InsertedAt, DateTimeOffset NextVisibleAt, string Receipt);

/// <summary>A message that was looked at and not claimed.</summary>
public sealed record PeekedMessage(string Id, string Text, DateTimeOffset InsertedAt);

/// <summary>The other end of an <see cref="IWorkQueue"/>: what the Functions host does, for the program that stands in for it, and what operators look at.</summary>
public interface IWorkQueueReceiver
{
    /// <summary>Claims up to <paramref name="max"/> visible messages; each comes back after <paramref name="visibilityTimeout"/> unless completed.</summary>
    Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int max, TimeSpan visibilityTimeout, CancellationToken cancellationToken);

    /// <summary>Deletes the message; false when this delivery's claim had run out and another has it.</summary>
    Task<bool> CompleteAsync(QueueMessage message, CancellationToken cancellationToken);

    /// <summary>Gives the message back, visible after <paramref name="delay"/>; false as in <see cref="CompleteAsync"/>.</summary>
    Task<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Moves the message to <see cref="QueueNames.Poison"/>; false as in <see cref="CompleteAsync"/>.</summary>
    Task<bool> MoveToPoisonAsync(QueueMessage message, CancellationToken cancellationToken);

    /// <summary>Looks at up to <paramref name="max"/> visible messages, at most <see cref="QueueLimits.MaxPeeked"/>, and leaves them as they are.</summary>
    Task<IReadOnlyList<PeekedMessage>> PeekAsync(string queue, int max, CancellationToken cancellationToken);

    /// <summary>Messages of the queue, visible or not; approximate while others work on it.</summary>
    Task<long> CountAsync(string queue, CancellationToken cancellationToken);
}
