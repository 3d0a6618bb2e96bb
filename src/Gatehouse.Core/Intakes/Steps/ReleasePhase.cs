using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>The second phase of a release: all replicas hold the image, so tags may be set and everything locked.</summary>
internal sealed class ReleasePhase(IRegistryPublisher publisher, IReleasedImages released, StepOutcomes outcomes)
{
    public async Task<IntakeChange> RunAsync(EstateMap map, Intake intake, IntakeEvent[] events, CancellationToken cancellationToken)
    {
        var moved = new List<string>();
        foreach (var registry in map.Registries.Where(registry => intake.Replicas.Any(proof => proof.Registry == registry.Name)))
        {
            foreach (var outcome in await PublishAsync(registry, intake, cancellationToken))
            {
                if (outcome is PublishOutcome.Failed failed)
                {
                    return failed.Retryable
                        ? outcomes.Retry(intake, $"{registry.Name}: {failed.Reason}", failed.RetryAfter, events)
                        : StepOutcomes.Fault(intake, $"{registry.Name}: {failed.Reason}", events);
                }

                if (outcome is PublishOutcome.Published { Previous: { } previous })
                {
                    moved.Add($"{registry.Name}: {previous}");
                }
            }
        }

        var manifests = IntakeClaims.ManifestsOf(intake).ToList();
        await released.AddAsync(
            new ReleasedImage(intake.TargetRepository, intake.Candidate!.Digest, intake.TargetTags, manifests, intake.Candidate.Source, intake.Scope, intake.Id, outcomes.Now),
            cancellationToken);
        return StepOutcomes.Go(intake, IntakeState.Released, [.. events, IntakeEvent.Of(
            LedgerEventTypes.IntakeReleased,
            StepOutcomes.Workflow,
            ("repository", intake.TargetRepository),
            ("digest", intake.Candidate.Digest.ToString()),
            ("tags", string.Join(' ', intake.TargetTags)),
            ("replaced", string.Join("; ", moved)),
            ("replicas", string.Join(' ', intake.Replicas.Select(proof => $"{proof.Registry}/{proof.Region}"))))]);
    }

    private async Task<IReadOnlyList<PublishOutcome>> PublishAsync(RegistryDefinition registry, Intake intake, CancellationToken cancellationToken)
    {
        var digest = intake.Candidate!.Digest;
        if (intake.TargetTags.Count == 0)
        {
            return [await publisher.LockAsync(registry, intake.TargetRepository, digest, cancellationToken)];
        }

        var published = new List<PublishOutcome>();
        foreach (var tag in intake.TargetTags)
        {
            published.Add(await publisher.PublishAsync(registry, intake.TargetRepository, tag, digest, cancellationToken));
        }

        return published;
    }
}
