using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Queues;

/// <param name="Waiting">Messages, visible or not; approximate. Null when it could not be asked.</param>
/// <param name="Poison">Those that failed too often; approximate. Null when it could not be asked.</param>
/// <param name="Problem">Why it could not.</param>
public sealed record QueueStatus(string Name, long? Waiting, long? Poison, string? Problem = null);

/// <param name="Moved">Messages that got another chance; of events the topic had refused, those it took and whose message is gone.</param>
/// <param name="Stayed">Messages that were tried and are still on the poison queue.</param>
/// <param name="Reason">Why they stayed, of the newest; or what ended the run before its end.</param>
public sealed record RequeueReport(int Moved, int Stayed = 0, string? Reason = null);

/// <summary>Publishes again the events that the topic had refused.</summary>
internal interface IRefusedEventDesk
{
    /// <summary>At most about 500 at a time; refused with <c>topic-not-configured</c>, <c>topic-unavailable</c> or <c>events-still-refused</c> when the topic took none.</summary>
    /// <param name="moved">Told how many were published and are gone from the queue, once and whatever ended the run; not when there are none.</param>
    /// <exception cref="IOException">The queue failed before any was moved.</exception>
    /// <exception cref="Records.RecordStoreException">The ledger could not be read before any was moved.</exception>
    Task<Result<RequeueReport>> RepublishAsync(Func<int, Task> moved, CancellationToken cancellationToken);
}

/// <summary>What operators see of the queues, and may do to them.</summary>
public interface IQueueDesk
{
    /// <summary>Every queue of <see cref="QueueNames.All"/>; one that fails says so and spoils no other.</summary>
    Task<IReadOnlyList<QueueStatus>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Up to 32 messages that failed too often, without claiming them; refused with <c>queue-unknown</c> or <c>queue-unavailable</c>.</summary>
    Task<Result<IReadOnlyList<PeekedMessage>>> PeekPoisonAsync(string queue, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the messages that failed too often another chance, at least once each; refused with <c>queue-unknown</c> or <c>queue-unavailable</c>.
    /// Events that the topic refused are published again from the ledger; refused as by <see cref="IRefusedEventDesk"/>.
    /// </summary>
    /// <returns>How many were moved: about as many as there were at the start, at most 10,000 at a time, of refused events 500.</returns>
    Task<Result<RequeueReport>> RequeueAsync(string queue, Actor by, CancellationToken cancellationToken);
}
