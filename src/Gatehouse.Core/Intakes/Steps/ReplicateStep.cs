using System.Globalization;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>
/// Replicating → Released: every replica is asked until it serves every manifest of the image, every registry until it lists its
/// referrers; what was seen is signed and committed; then, and only then, names appear.
/// </summary>
internal sealed class ReplicateStep(
    IEstateProvider estate, IReplicaReader reader, IEstateMonitor monitor, ClosurePhase closure, AttestationPhase attestation, ReleasePhase release, StepOutcomes outcomes) : IIntakeStep
{
    public IntakeState State => IntakeState.Replicating;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        var map = await estate.GetAsync(cancellationToken);
        using var slots = new SemaphoreSlim(outcomes.Options.Parallelism);
        var turn = intake.Replicas.Where(proof => !proof.IsServed).Take(IIntakeStep.MaxMoves).ToHashSet();
        var looks = await Task.WhenAll(intake.Replicas.Select(proof => turn.Contains(proof) ? ProveAsync(map, intake, proof, slots, cancellationToken) : Task.FromResult(new Look(proof))));
        var proofs = looks.Select(look => look.Proof).ToArray();
        var proven = intake with { Replicas = proofs };
        IntakeEvent[] events = [.. proofs.Except(intake.Replicas).Where(proof => proof.IsServed).Select(Served)];
        if (proofs.All(proof => proof.IsServed))
        {
            return ClosurePhase.IsClosed(map, proven) && !attestation.IsDue(proven)
                ? await release.RunAsync(map, proven, events, cancellationToken)
                : await PrepareAsync(map, proven, events, cancellationToken);
        }

        var waiting = proofs.Where(proof => !proof.IsServed).ToList();
        var reason = $"{waiting.Count} of {proofs.Length} replicas do not serve it yet: "
            + string.Join(", ", waiting.Select(proof => $"{proof.Registry}/{proof.Region}{(proof.LastError is null ? string.Empty : $" ({proof.LastError})")}"));
        return WaitOrFault(proven, reason, looks.Select(look => look.RetryAfter).Max(), events);
    }

    /// <summary>Compares referrers and signs; a turn of its own, so that nothing is pushed that is not committed.</summary>
    private async Task<IntakeChange> PrepareAsync(EstateMap map, Intake proven, IntakeEvent[] events, CancellationToken cancellationToken)
    {
        var compared = await closure.RunAsync(map, proven, cancellationToken);
        var closed = proven with { Closures = [.. proven.Closures, .. compared.Receipts] };
        IntakeEvent[] all = [.. events, .. compared.Events];
        if (compared.Waiting is { } incomplete)
        {
            return WaitOrFault(closed, incomplete, compared.RetryAfter, all);
        }

        if (!ClosurePhase.IsClosed(map, closed) || !attestation.IsDue(closed))
        {
            return StepOutcomes.Go(closed, closed.State, all);
        }

        var (artifact, unsigned) = await attestation.SignAsync(closed, cancellationToken);
        return artifact is null
            ? WaitOrFault(closed, unsigned!, null, all)
            : StepOutcomes.Go(closed with { Attestation = artifact.Digest }, closed.State, all) with { Attestation = artifact };
    }

    private IntakeChange WaitOrFault(Intake intake, string reason, TimeSpan? retryAfter, IntakeEvent[] events) =>
        outcomes.IsOverdue(intake, outcomes.Options.ReplicationDeadline)
            ? StepOutcomes.Fault(intake, $"Not replicated within {outcomes.Options.ReplicationDeadline}: {reason}", events)
            : outcomes.Wait(intake, reason, retryAfter, events);

    private async Task<Look> ProveAsync(EstateMap map, Intake intake, ReplicaProof proof, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        if (map.Find(proof.Registry) is not { } registry || registry.Replicas.FirstOrDefault(candidate => candidate.Region == proof.Region) is not { } replica)
        {
            return new Look(proof with { LastError = "no longer in the estate" });
        }

        await slots.WaitAsync(cancellationToken);
        try
        {
            return await AskAllAsync(intake, proof with { Endpoint = replica.Endpoint }, registry, replica, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<Look> AskAllAsync(Intake intake, ReplicaProof proof, RegistryDefinition registry, ReplicaDefinition replica, CancellationToken cancellationToken)
    {
        foreach (var digest in IntakeClaims.ManifestsOf(intake))
        {
            var answer = await reader.AskAsync(replica, intake.TargetRepository, digest, cancellationToken);
            if (!answer.IsThere(registry))
            {
                if (answer.Presence == Presence.Unknown)
                {
                    await monitor.ObserveAsync(replica, answer, null, cancellationToken);
                }

                return new Look(proof with { LastError = answer.Reason }, answer.RetryAfter);
            }
        }

        var now = outcomes.Now;
        var imported = intake.Imports.Where(job => job.Registry == replica.Registry).Max(job => job.DoneAt) ?? intake.StateSince;
        var lag = (long)(now - imported).TotalMilliseconds;
        await monitor.ObserveAsync(replica, new ReplicaAnswer(Presence.Served), lag, cancellationToken);
        return new Look(proof with { ServedAt = now, LagMs = lag, LastError = null });
    }

    private static IntakeEvent Served(ReplicaProof proof) => IntakeEvent.Of(
        LedgerEventTypes.ReplicaServed,
        StepOutcomes.Workflow,
        ("registry", proof.Registry),
        ("region", proof.Region),
        ("endpoint", proof.Endpoint),
        ("lagMs", proof.LagMs?.ToString(CultureInfo.InvariantCulture)));

    /// <param name="RetryAfter">What the replica asked for, when it throttles.</param>
    private sealed record Look(ReplicaProof Proof, TimeSpan? RetryAfter = null);
}
