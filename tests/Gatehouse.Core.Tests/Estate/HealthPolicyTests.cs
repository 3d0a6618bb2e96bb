using FsCheck.Fluent;
using FsCheck;
using Gatehouse.Core.Estate;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class HealthPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly HealthPolicy _policy = new(new HealthOptions());

    [Theory]
    [InlineData("A", ReplicaHealth.Healthy)]
    [InlineData("AF", ReplicaHealth.Degraded)]
    [InlineData("AFF", ReplicaHealth.Degraded)]
    [InlineData("AFFF", ReplicaHealth.Unavailable)]
    [InlineData("AFFAF", ReplicaHealth.Degraded)]
    [InlineData("AFFAFF", ReplicaHealth.Degraded)]
    [InlineData("AFFFA", ReplicaHealth.Unavailable)]
    [InlineData("AFFFAFA", ReplicaHealth.Unavailable)]
    [InlineData("AFFFAA", ReplicaHealth.Healthy)]
    [InlineData("AFA", ReplicaHealth.Degraded)]
    [InlineData("AFAA", ReplicaHealth.Healthy)]
    [InlineData("ASSSSSSSS", ReplicaHealth.Degraded)]
    [InlineData("ASSSAA", ReplicaHealth.Healthy)]
    [InlineData("AFFFS", ReplicaHealth.Unavailable)]
    [InlineData("AFFFSS", ReplicaHealth.Degraded)]
    [InlineData("AFFSFF", ReplicaHealth.Degraded)]
    public void After_Sequence_EndsIn(string sequence, ReplicaHealth expected) => Assert.Equal(expected, Run(_policy, sequence).Health);

    [Fact]
    public void After_LocalThresholds_OneFailureIsEnough()
    {
        var local = new HealthPolicy(new HealthOptions { FailuresToDegraded = 1, FailuresToUnavailable = 1, SuccessesToRecover = 1 });

        Assert.Equal(ReplicaHealth.Unavailable, Run(local, "F").Health);
        Assert.Equal(ReplicaHealth.Healthy, Run(local, "FA").Health);
    }

    [Fact]
    public void After_MissingManifests_IsDegradedUntilNoneIsMissing()
    {
        var state = _policy.After(Run(_policy, "AA"), At(3, ObservationKind.Answered), missing: 2);
        Assert.Equal((ReplicaHealth.Degraded, "2 released manifests are missing"), (state.Health, state.Reason));

        state = _policy.After(state, At(4, ObservationKind.Answered));
        Assert.Equal(ReplicaHealth.Degraded, state.Health);

        state = _policy.After(state, At(5, ObservationKind.Answered), missing: 0);
        Assert.Equal(ReplicaHealth.Healthy, state.Health);
        Assert.Null(state.Reason);
    }

    [Fact]
    public void AfterSilence_LongEnough_IsUnknownSinceTheSilenceBecameTooLong()
    {
        var state = Run(_policy, "A");

        Assert.Equal(ReplicaHealth.Healthy, _policy.AfterSilence(state, state.LastObserved!.Value + TimeSpan.FromMinutes(29)).Health);
        var silent = _policy.AfterSilence(state, state.LastObserved!.Value + TimeSpan.FromHours(9));

        Assert.Equal((ReplicaHealth.Unknown, state.LastObserved + TimeSpan.FromMinutes(30)), (silent.Health, silent.Since));
        Assert.Contains("not observed since", silent.Reason);
    }

    [Fact]
    public void After_AnySequence_KeepsTheInvariants() => Prop.ForAll(
        ArbMap.Default.ArbFor<ObservationKind[]>(),
        kinds =>
        {
            var state = ReplicaState.NeverSeen(Start);
            var (failures, second) = (0, 0);
            foreach (var kind in kinds)
            {
                var before = state;
                state = _policy.After(state, At(++second, kind));
                failures = kind == ObservationKind.Failed ? failures + 1 : 0;
                var diesOnlyOfFailures = before.Health == ReplicaHealth.Unavailable || (state.Health == ReplicaHealth.Unavailable) == failures >= 3;
                var sinceMovesWithHealth = state.Health == before.Health ? state.Since == before.Since : state.Since == state.LastObserved;
                if (!diesOnlyOfFailures || !sinceMovesWithHealth || state.Health == ReplicaHealth.Unknown)
                {
                    return false;
                }
            }

            return true;
        }).Check(PropertyRuns.Of());

    private static ReplicaState Run(HealthPolicy policy, string sequence)
    {
        var (state, second) = (ReplicaState.NeverSeen(Start), 0);
        foreach (var kind in sequence)
        {
            state = policy.After(state, At(++second, kind switch
            {
                'A' => ObservationKind.Answered,
                'S' => ObservationKind.Strained,
                _ => ObservationKind.Failed,
            }));
        }

        return state;
    }

    private static Observation At(int second, ObservationKind kind) => new(kind, Start.AddSeconds(second), kind == ObservationKind.Answered ? null : "reason");
}
