using System.Runtime.CompilerServices;
using System.Text.Json;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>The last phase of a release: all replicas hold the image, so the attestation is attached, tags are set and everything is locked.</summary>
internal sealed class ReleasePhase(IRegistryPublisher publisher, IReleasedImages released, IntakeClaims claims, IntakeStore store, StepOutcomes outcomes)
{
    public async Task<IntakeChange> RunAsync(EstateMap map, Intake intake, IntakeEvent[] events, CancellationToken cancellationToken)
    {
        var attestation = intake.Attestation is null ? null : await store.ReadAttestationAsync(intake, cancellationToken);
        if (attestation is not null)
        {
            await claims.ExpectAsync(intake, [attestation.Digest], cancellationToken);
        }

        var moved = new List<string>();
        foreach (var registry in map.Registries.Where(registry => intake.Replicas.Any(proof => proof.Registry == registry.Name)))
        {
            await foreach (var (outcome, isTag) in PublishAsync(registry, intake, attestation, cancellationToken))
            {
                if (outcome is PublishOutcome.Failed failed)
                {
                    return failed.Retryable
                        ? outcomes.Retry(intake, $"{registry.Name}: {failed.Reason}", failed.RetryAfter, events)
                        : StepOutcomes.Fault(intake, $"{registry.Name}: {failed.Reason}", events);
                }

                if (isTag && outcome is PublishOutcome.Published { Previous: { } previous })
                {
                    moved.Add($"{registry.Name}: {previous}");
                }
            }
        }

        await released.AddAsync(Released(intake), cancellationToken);
        return StepOutcomes.Go(intake, IntakeState.Released, [.. events, IntakeEvent.Of(
            LedgerEventTypes.IntakeReleased,
            StepOutcomes.Workflow,
            ("repository", intake.TargetRepository),
            ("digest", intake.Candidate!.Digest.ToString()),
            ("tags", string.Join(' ', intake.TargetTags)),
            ("replaced", string.Join("; ", moved)),
            ("attestation", intake.Attestation?.ToString()),
            ("replicas", string.Join(' ', intake.Replicas.Select(proof => $"{proof.Registry}/{proof.Region}"))))]);
    }

    private ReleasedImage Released(Intake intake)
    {
        var manifests = IntakeClaims.ManifestsOf(intake);
        return new ReleasedImage(
            intake.TargetRepository,
            intake.Candidate!.Digest,
            intake.TargetTags,
            [.. intake.Attestation is { } attestation ? manifests.Append(attestation) : manifests],
            intake.Candidate.Source,
            intake.Scope,
            intake.Id,
            outcomes.Now)
        {
            Attestation = intake.Attestation,
        };
    }

    /// <summary>In order: whoever finds the tag also finds what was said of the image, and what signed it. Ends at the first failure.</summary>
    private async IAsyncEnumerable<(PublishOutcome Outcome, bool IsTag)> PublishAsync(
        RegistryDefinition registry, Intake intake, ReferrerArtifact? attestation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (repository, digest) = (intake.TargetRepository, intake.Candidate!.Digest);
        if (attestation is not null)
        {
            yield return (await publisher.AttachAsync(registry, repository, attestation, cancellationToken), false);
        }

        if (registry.Quarantine)
        {
            var details = Details(intake);
            foreach (var manifest in Released(intake).Manifests)
            {
                yield return (await publisher.PassAsync(registry, repository, manifest, details, cancellationToken), false);
            }
        }

        // Clients of cosign's older layout look for signatures by these names.
        foreach (var link in intake.Candidate.Links.Where(link => link.Tag is not null))
        {
            yield return (await publisher.PublishAsync(registry, repository, link.Tag!, link.Referrer, cancellationToken), false);
        }

        foreach (var tag in intake.TargetTags)
        {
            yield return (await publisher.PublishAsync(registry, repository, tag, digest, cancellationToken), true);
        }

        if (intake.TargetTags.Count == 0)
        {
            yield return (await publisher.LockAsync(registry, repository, digest, cancellationToken), false);
        }
    }

    private static string Details(Intake intake) =>
        $$"""{"by":"gatehouse","intake":{{JsonSerializer.Serialize(intake.Id, IntakeJson.Default.String)}}}""";
}
