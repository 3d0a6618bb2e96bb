namespace Gatehouse.Core.Events;

/// <summary>What one run did.</summary>
/// <param name="IsOn">False when there is no topic to publish to.</param>
/// <param name="Refused">Events the topic never will take, kept on the poison queue with the reason.</param>
/// <param name="Lag">Sealed entries that are not published yet.</param>
public sealed record PublishReport(bool IsOn, int Published, int Refused, long Lag);

/// <summary>Tells the outside what the ledger holds: in the ledger's order, at least once, never before it is sealed.</summary>
public interface IEventPublisher
{
    /// <summary>Publishes what was sealed since the last run. Safe to run at any time and twice at once; a topic that is away is no fault.</summary>
    Task<PublishReport> PublishAsync(CancellationToken cancellationToken);
}
