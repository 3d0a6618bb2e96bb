namespace Gatehouse.Core.Estate;

/// <summary>From observations to health. Pure: the same observations in the same order always end in the same state.</summary>
internal sealed class HealthPolicy(HealthOptions options)
{
    /// <summary>The state as time alone has left it: a replica nobody observed for too long is Unknown.</summary>
    public ReplicaState AfterSilence(ReplicaState state, DateTimeOffset now)
    {
        if (state.LastObserved is not { } last || state.Health == ReplicaHealth.Unknown || now - last < options.SilenceToUnknown)
        {
            return state;
        }

        return state with
        {
            Liveness = ReplicaHealth.Unknown,
            Health = ReplicaHealth.Unknown,
            Since = last + options.SilenceToUnknown,
            LivenessReason = $"not observed since {last:u}",
            Failures = 0,
            Answers = 0,
        };
    }

    /// <summary>The state after one observation.</summary>
    /// <param name="missing">Released manifests it does not serve, when the observation counted them.</param>
    /// <param name="drifted">Manifests that differ from what was released, when the observation counted them.</param>
    public ReplicaState After(ReplicaState state, Observation observation, int? missing = null, int? drifted = null)
    {
        var next = observation.Kind switch
        {
            ObservationKind.Answered => Answered(state),
            ObservationKind.Strained => Strained(state, observation.Reason),
            _ => Failed(state, observation.Reason),
        };
        next = next with
        {
            Missing = missing ?? state.Missing,
            Drifted = drifted ?? state.Drifted,
            LastObserved = observation.At,
            LastSeen = observation.Kind == ObservationKind.Failed ? state.LastSeen : observation.At,
            LastLagMs = observation.LagMs ?? state.LastLagMs,
        };
        var health = next.Liveness == ReplicaHealth.Healthy && next.Missing > 0 ? ReplicaHealth.Degraded : next.Liveness;
        return next with { Health = health, Since = health == state.Health ? state.Since : observation.At };
    }

    /// <summary>Whether writing <paramref name="after"/> would only say again what is stored, and that was said recently.</summary>
    public bool IsNoise(ReplicaState before, ReplicaState after) =>
        before.LastObserved is { } last
        && after.LastObserved - last < options.RefreshInterval
        && before with { LastObserved = after.LastObserved, LastSeen = after.LastSeen } == after;

    private ReplicaState Answered(ReplicaState state)
    {
        var answers = Math.Min(state.Answers + 1, options.SuccessesToRecover);
        var recovers = state.Liveness is ReplicaHealth.Unknown or ReplicaHealth.Healthy || answers >= options.SuccessesToRecover;
        return state with
        {
            Failures = 0,
            Answers = answers,
            Liveness = recovers ? ReplicaHealth.Healthy : state.Liveness,
            LivenessReason = recovers ? null : state.LivenessReason,
        };
    }

    private ReplicaState Strained(ReplicaState state, string? reason)
    {
        var answers = Math.Min(state.Answers + 1, options.SuccessesToRecover);
        return state.Liveness == ReplicaHealth.Unavailable && answers < options.SuccessesToRecover
            ? state with { Failures = 0, Answers = answers }
            : state with { Failures = 0, Answers = 0, Liveness = ReplicaHealth.Degraded, LivenessReason = reason };
    }

    private ReplicaState Failed(ReplicaState state, string? reason)
    {
        var failures = Math.Min(state.Failures + 1, options.FailuresToUnavailable);
        var liveness = failures >= options.FailuresToUnavailable || state.Liveness == ReplicaHealth.Unavailable ? ReplicaHealth.Unavailable
            : failures >= options.FailuresToDegraded ? ReplicaHealth.Degraded
            : state.Liveness;
        return state with { Failures = failures, Answers = 0, Liveness = liveness, LivenessReason = liveness == state.Liveness && failures < options.FailuresToDegraded ? state.LivenessReason : reason };
    }
}
