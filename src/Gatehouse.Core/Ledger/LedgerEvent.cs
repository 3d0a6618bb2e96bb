using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Ledger;

/// <summary>Something that happened, to be recorded for good. Deterministic: the same happening always makes the same event, byte for byte.</summary>
/// <param name="Id">Unique for ever; sorts by time: <see cref="MakeId"/>.</param>
/// <param name="Type">One of <see cref="LedgerEventTypes"/>.</param>
/// <param name="Actor">Who: <c>user:&lt;id&gt;</c> or <c>system:&lt;function&gt;</c>.</param>
/// <param name="Subject">What it is about: <c>intake:&lt;id&gt;</c>, <c>policy:&lt;scope&gt;</c>, <c>replica:&lt;id&gt;</c>, <c>watch:&lt;id&gt;</c>, <c>queue:&lt;name&gt;</c>.</param>
/// <param name="Details">Flat facts; never a secret.</param>
public sealed record LedgerEvent(
    string Id,
    DateTimeOffset At,
    string Type,
    string Actor,
    string Subject,
    Scope? Scope,
    IReadOnlyDictionary<string, string> Details)
{
    /// <param name="origin">What made it, unique with <paramref name="sequence"/>: an intake id, a policy scope (encoded) and so on; safe in a row key.</param>
    public static string MakeId(DateTimeOffset at, string origin, int sequence) => $"{at.UtcTicks:D20}~{origin}~{sequence:D6}";
}

public static class LedgerEventTypes
{
    public const string IntakeRequested = "intake.requested";
    public const string IntakeResolved = "intake.resolved";
    public const string EvidenceReceived = "evidence.received";
    public const string IntakeJudged = "intake.judged";
    public const string IntakeRefused = "intake.refused";
    public const string IntakeApproved = "intake.approved";
    public const string IntakeRejected = "intake.rejected";
    public const string ImportStarted = "import.started";
    public const string ImportCompleted = "import.completed";
    public const string ImportFailed = "import.failed";
    public const string ReplicaServed = "replica.served";
    public const string ReferrersClosed = "referrers.closed";
    public const string IntakeReleased = "intake.released";
    public const string IntakeFaulted = "intake.faulted";
    public const string IntakeRetried = "intake.retried";
    public const string IntakeRetired = "intake.retired";
    public const string IntakeRecalled = "intake.recalled";
    public const string PolicyApplied = "policy.applied";
    public const string WatchCreated = "watch.created";
    public const string WatchDeleted = "watch.deleted";
    public const string UpstreamMoved = "upstream.moved";
    public const string ReplicaHealthChanged = "replica.health";
    public const string ReplicaDrifted = "replica.drifted";
    public const string ImageFinding = "image.finding";
    public const string UnapprovedPush = "registry.unapproved-push";
    public const string QueueRequeued = "queue.requeued";
}

/// <summary>Where events wait to be sealed.</summary>
public interface ILedgerInbox
{
    /// <summary>Appends the events; one that was appended before, sealed or not, is not recorded twice.</summary>
    Task AppendAsync(IReadOnlyCollection<LedgerEvent> events, CancellationToken cancellationToken);
}
