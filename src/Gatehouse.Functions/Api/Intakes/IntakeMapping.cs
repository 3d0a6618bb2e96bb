using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Policies;

namespace Gatehouse.Functions.Api.Intakes;

/// <summary>Domain to wire.</summary>
internal static class IntakeMapping
{
    public static IntakeDocument ToDocument(this Intake intake) => new()
    {
        Id = intake.Id,
        Scope = intake.Scope.Path,
        Image = intake.Image.ToString(),
        State = intake.State,
        StateSince = intake.StateSince,
        Reason = intake.Reason,
        Cause = intake.Cause,
        Justification = intake.Justification,
        RequestedBy = intake.RequestedBy.ToDocument(),
        RequestedAt = intake.RequestedAt,
        Digest = intake.Candidate?.Digest.ToString(),
        Candidate = intake.Candidate?.ToDocument(),
        TargetRepository = intake.TargetRepository,
        TargetTags = intake.TargetTags,
        Scans = [.. intake.Scans.Select(scan => new ScanDocument(scan.Scanner, scan.Settled, scan.Reason))],
        Verdict = intake.Verdict?.ToDocument(),
        Approvals = [.. intake.Approvals.Select(one => new ApprovalDocument(one.By.ToDocument(), one.At, one.Comment))],
        Imports = [.. intake.Imports.Select(job => new ImportDocument(job.Registry, job.Digest.ToString(), job.Done, job.Attempts, job.LastError))],
        Replicas = [.. intake.Replicas.Select(proof => new ReplicaDocument(proof.Registry, proof.Region, proof.Endpoint, proof.ServedAt, proof.LagMs, proof.LastError))],
        Closures = [.. intake.Closures.Select(receipt => new ClosureDocument(receipt.Registry, receipt.Expected, receipt.Found, receipt.Sha256, receipt.Extra, receipt.At))],
        Attestation = intake.Attestation?.ToString(),
        DuplicateOf = intake.DuplicateOf,
        Attempts = intake.Attempts,
        WakeAt = intake.WakeAt,
        UpdatedAt = intake.UpdatedAt,
    };

    public static IntakeListDocument ToDocument(this IntakePage page) => new([.. page.Intakes.Select(ToDocument)], page.Continuation);

    public static ActorDocument ToDocument(this Actor actor) => new(actor.Id, actor.Name);

    public static EvidenceListDocument ToDocument(this IReadOnlyList<ScanEvidence> evidence) => new([.. evidence.Select(ToDocument)]);

    private static EvidenceDocument ToDocument(ScanEvidence scan) => new(scan.Scanner, scan.State, scan.Reason, scan.At, scan.Report is { } report
        ? new ReportDocument(
            report.ScannerVersion,
            report.Format,
            report.GeneratedAt,
            report.Artifact?.ToString(),
            report.Highest,
            [.. report.Findings.Select(one => new FindingDocument(one.Id, one.Package, one.Version, one.FixedVersion, one.Severity))])
        : null);

    private static CandidateDocument ToDocument(this Candidate candidate) => new(
        candidate.Digest.ToString(),
        candidate.MediaType,
        candidate.CompressedBytes,
        [.. candidate.Platforms.Select(one => new PlatformDocument(one.Platform.ToString(), one.Manifest.Digest.ToString(), one.CompressedBytes, one.Created))],
        [.. candidate.Referrers.Select(one => new ReferrerDocument(one.Digest.ToString(), one.ArtifactType))],
        candidate.ResolvedAt);

    private static VerdictDocument ToDocument(this Verdict verdict) => new(
        verdict.Kind,
        [.. verdict.Rules.Select(rule => new RuleDocument(rule.Rule, rule.Outcome, rule.DecidedBy?.Path, rule.Line, rule.Reason))],
        verdict.Approval.Count,
        verdict.Approval.SeparationOfDuties,
        verdict.PolicyVersion,
        verdict.At);
}
