using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Queues;

/// <param name="Waiting">Messages, visible or not; approximate. Null when it could not be asked.</param>
/// <param name="Poison">Those that failed too often; approximate. Null when it could not be asked.</param>
/// <param name="Problem">Why it could not.</param>
public sealed record QueueStatus(string Name, long? Waiting, long? Poison, string? Problem = null);

/// <summary>What operators see of the queues, and may do to them.</summary>
public interface IQueueDesk
{
    /// <summary>Every queue of <see cref="QueueNames.All"/>; one that fails says so and spoils no other.</summary>
    Task<IReadOnlyList<QueueStatus>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Up to 32 messages that failed too often, without claiming them; refused with <c>queue-unknown</c> or <c>queue-unavailable</c>.</summary>
    Task<Result<IReadOnlyList<PeekedMessage>>> PeekPoisonAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Gives the messages that failed too often another chance, at least once each; refused with <c>queue-unknown</c>, <c>queue-not-requeueable</c> or <c>queue-unavailable</c>.</summary>
    /// <returns>How many were moved: about as many as there were at the start, at most 10,000 at a time.</returns>
    Task<Result<int>> RequeueAsync(string queue, Actor by, CancellationToken cancellationToken);
}
