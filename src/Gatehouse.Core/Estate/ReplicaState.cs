namespace Gatehouse.Core.Estate;

/// <summary>What an observation says of a replica as a whole.</summary>
internal enum ObservationKind
{
    Answered,

    /// <summary>It answers, but is throttling or gives only part of what it is asked for.</summary>
    Strained,
    Failed,
}

/// <param name="LagMs">Of the image it proved, when the observation proved one.</param>
internal sealed record Observation(ObservationKind Kind, DateTimeOffset At, string? Reason = null, long? LagMs = null)
{
    /// <summary>A 404 is an answer: during replication a manifest may well not be there yet.</summary>
    public static Observation Of(ReplicaAnswer answer, DateTimeOffset at, long? lagMs = null) => answer switch
    {
        { Throttled: true } => new(ObservationKind.Strained, at, answer.Reason ?? "throttled (429)", lagMs),
        { Presence: Presence.Unknown } => new(ObservationKind.Failed, at, answer.Reason ?? "no answer", lagMs),
        _ => new(ObservationKind.Answered, at, null, lagMs),
    };
}

/// <summary>Everything remembered of one replica; its row in the record store.</summary>
/// <param name="Liveness">Whether it answers, with hysteresis; the missing manifests are not in it.</param>
/// <param name="Health">Liveness and missing manifests together.</param>
/// <param name="Failures">In a row, saturated at the threshold.</param>
/// <param name="Answers">In a row, saturated at the threshold.</param>
/// <param name="Events">How many ledger events it has made; the next one's sequence number.</param>
internal sealed record ReplicaState(
    ReplicaHealth Liveness,
    ReplicaHealth Health,
    DateTimeOffset Since,
    DateTimeOffset? LastObserved,
    DateTimeOffset? LastSeen,
    string? LivenessReason,
    int Failures,
    int Answers,
    int Missing,
    int Drifted,
    long? LastLagMs,
    int Events)
{
    public static ReplicaState NeverSeen(DateTimeOffset at) =>
        new(ReplicaHealth.Unknown, ReplicaHealth.Unknown, at, null, null, null, 0, 0, 0, 0, null, 0);

    public string? Reason => Health == ReplicaHealth.Degraded && Liveness == ReplicaHealth.Healthy
        ? $"{Missing} released manifests are missing"
        : LivenessReason;
}
