using Gatehouse.Core.Attestations;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Records;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Signs what the release will say of itself, once. No release without it: a signer that is away is waited for.</summary>
internal sealed class AttestationPhase(ReleaseAttestor attestor, IntakeStore store, ILogger<AttestationPhase> logger)
{
    public bool IsDue(Intake intake) => attestor.IsEnabled && intake.Attestation is null;

    /// <returns>The artifact to commit, or why there is none now.</returns>
    public async Task<(ReferrerArtifact? Artifact, string? Waiting)> SignAsync(Intake intake, CancellationToken cancellationToken)
    {
        var evidence = await store.ReadEvidenceAsync(intake.Id, cancellationToken);
        try
        {
            return (await attestor.SignAsync(intake, evidence, cancellationToken), null);
        }
        catch (Exception exception) when (exception is not RecordStoreException && !cancellationToken.IsCancellationRequested)
        {
            // Signers are adapters, and what they throw is theirs; none of it is a reason to release unsigned.
            Log.NotSigned(logger, exception, intake.Id);
            return (null, $"The attestation could not be signed: {exception.Message}");
        }
    }
}
