using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Approved → Importing: one job for each registry and digest, referrers included.</summary>
internal sealed class PlanImportStep(IEstateProvider estate, IntakeClaims claims) : IIntakeStep
{
    public IntakeState State => IntakeState.Approved;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        var map = await estate.GetAsync(cancellationToken);
        await claims.ExpectAsync(intake, cancellationToken);
        var digests = intake.Candidate!.Roots.ToList();
        var planned = intake with
        {
            Imports = [.. map.Registries.SelectMany(registry => digests.Select(digest => Plan(registry, digest)))],
            Replicas = [.. map.Replicas.Select(replica => new ReplicaProof(replica.Registry, replica.Region, replica.Endpoint, null, null, null))],
        };
        return StepOutcomes.Go(planned, IntakeState.Importing);
    }

    private static ImportJob Plan(RegistryDefinition registry, Digest digest) => new(registry.Name, digest, null, Done: false, 0, null);
}
