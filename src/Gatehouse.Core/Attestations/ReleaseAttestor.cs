using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies.Storage;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Attestations;

/// <summary>
/// Signs what is said of a release. Signatures differ from try to try, so the bytes are made once, committed with the intake, and
/// only then pushed: whoever tries again pushes the same.
/// </summary>
internal sealed class ReleaseAttestor(
    ICheckpointSigner signer,
    PolicyFingerprints policies,
    IOptions<AttestationOptions> options,
    IOptions<LedgerOptions> ledger,
    TimeProvider clock)
{
    public bool IsEnabled => options.Value.Enabled;

    /// <param name="evidence">What was filed for the intake.</param>
    public async Task<ReferrerArtifact> SignAsync(Intake intake, IReadOnlyList<ScanEvidence> evidence, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var statement = (await SummarizeAsync(intake, evidence, now, cancellationToken)).ToStatement();
        var signature = await signer.SignAsync(Dsse.PreAuthenticate(Dsse.InTotoPayload, statement), cancellationToken);
        var bundle = SigstoreBundle.Write(statement, EcdsaDer.FromP1363(signature.Value), signature.PublicKey);
        var candidate = intake.Candidate!;
        var subject = new Descriptor(candidate.MediaType, candidate.Digest, candidate.ManifestSize);
        var manifest = SigstoreBundle.Manifest(bundle, subject, VerificationSummary.PredicateType, now);
        return new ReferrerArtifact(MediaTypes.OciManifest, manifest, SigstoreBundle.MediaType, bundle, SigstoreBundle.EmptyConfig.ToArray());
    }

    private async Task<VerificationSummary> SummarizeAsync(Intake intake, IReadOnlyList<ScanEvidence> evidence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var candidate = intake.Candidate!;
        var gatehouse = ledger.Value.Urn;
        var version = intake.Verdict?.PolicyVersion ?? string.Empty;
        var reports = evidence.OrderBy(item => item.Scanner, StringComparer.Ordinal)
            .Select(item => new SummaryInput($"{gatehouse}:evidence:{intake.Id}:{Uri.EscapeDataString(item.Scanner)}", Digest.OfBytes(IntakeRows.WritePlain(item))));
        var referrers = candidate.Referrers.Select(referrer => new SummaryInput(VerificationSummary.PackageUrl(candidate.Source, referrer.Digest), referrer.Digest));
        return new VerificationSummary(
            options.Value.VerifierOf(ledger.Value),
            intake.TargetRepository,
            candidate.Digest,
            candidate.Source,
            intake.Verdict?.At ?? now,
            $"{gatehouse}:policy:{Uri.EscapeDataString(version)}",
            await policies.OfAsync(version, cancellationToken),
            [.. reports, .. referrers]);
    }
}
