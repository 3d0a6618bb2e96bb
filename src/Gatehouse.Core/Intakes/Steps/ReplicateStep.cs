using System.Globalization;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Replicating → Released: every replica is asked until it serves every manifest of the image; then, and only then, names appear.</summary>
internal sealed class ReplicateStep(IEstateProvider estate, IReplicaReader reader, IEstateMonitor monitor, ReleasePhase release, StepOutcomes outcomes) : IIntakeStep
{
    public IntakeState State => IntakeState.Replicating;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        var map = await estate.GetAsync(cancellationToken);
        using var slots = new SemaphoreSlim(outcomes.Options.Parallelism);
        var turn = intake.Replicas.Where(proof => !proof.IsServed).Take(IIntakeStep.MaxMoves).ToHashSet();
        var proofs = await Task.WhenAll(intake.Replicas.Select(proof => turn.Contains(proof) ? ProveAsync(map, intake, proof, slots, cancellationToken) : Task.FromResult(proof)));
        var proven = intake with { Replicas = proofs };
        IntakeEvent[] events = [.. proofs.Except(intake.Replicas).Where(proof => proof.IsServed).Select(Served)];
        if (proofs.All(proof => proof.IsServed))
        {
            return await release.RunAsync(map, proven, events, cancellationToken);
        }

        var waiting = proofs.Where(proof => !proof.IsServed).ToList();
        var reason = $"{waiting.Count} of {proofs.Length} replicas do not serve it yet: "
            + string.Join(", ", waiting.Select(proof => $"{proof.Registry}/{proof.Region}{(proof.LastError is null ? string.Empty : $" ({proof.LastError})")}"));
        return outcomes.IsOverdue(intake, outcomes.Options.ReplicationDeadline)
            ? StepOutcomes.Fault(proven, $"Not replicated within {outcomes.Options.ReplicationDeadline}: {reason}", events)
            : outcomes.Wait(proven, reason, null, events);
    }

    private async Task<ReplicaProof> ProveAsync(EstateMap map, Intake intake, ReplicaProof proof, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        if (map.Find(proof.Registry)?.Replicas.FirstOrDefault(candidate => candidate.Region == proof.Region) is not { } replica)
        {
            return proof with { LastError = "no longer in the estate" };
        }

        await slots.WaitAsync(cancellationToken);
        try
        {
            return await AskAllAsync(intake, proof with { Endpoint = replica.Endpoint }, replica, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<ReplicaProof> AskAllAsync(Intake intake, ReplicaProof proof, ReplicaDefinition replica, CancellationToken cancellationToken)
    {
        foreach (var digest in IntakeClaims.ManifestsOf(intake))
        {
            var answer = await reader.AskAsync(replica, intake.TargetRepository, digest, cancellationToken);
            if (answer.Presence != Presence.Served)
            {
                if (answer.Presence == Presence.Unknown)
                {
                    await monitor.ObserveAsync(replica, answer, null, cancellationToken);
                }

                return proof with { LastError = answer.Reason };
            }
        }

        var now = outcomes.Now;
        var imported = intake.Imports.Where(job => job.Registry == replica.Registry).Max(job => job.DoneAt) ?? intake.StateSince;
        var lag = (long)(now - imported).TotalMilliseconds;
        await monitor.ObserveAsync(replica, new ReplicaAnswer(Presence.Served), lag, cancellationToken);
        return proof with { ServedAt = now, LagMs = lag, LastError = null };
    }

    private static IntakeEvent Served(ReplicaProof proof) => IntakeEvent.Of(
        LedgerEventTypes.ReplicaServed,
        StepOutcomes.Workflow,
        ("registry", proof.Registry),
        ("region", proof.Region),
        ("endpoint", proof.Endpoint),
        ("lagMs", proof.LagMs?.ToString(CultureInfo.InvariantCulture)));
}
