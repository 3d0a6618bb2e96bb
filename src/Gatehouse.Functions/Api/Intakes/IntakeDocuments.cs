using Gatehouse.Core.Evidence;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Policies;

namespace Gatehouse.Functions.Api.Intakes;

/// <param name="Scope">e.g. <c>contoso/payments</c>.</param>
/// <param name="Image">As Docker writes references.</param>
internal sealed record IntakeSubmission(string? Scope, string? Image, string? Justification);

internal sealed record IntakeComment(string? Comment);

internal sealed record IntakeListDocument(IReadOnlyList<IntakeDocument> Intakes, string? Continuation);

internal sealed record ActorDocument(string Id, string Name);

internal sealed record IntakeDocument
{
    public required string Id { get; init; }

    public required string Scope { get; init; }

    public required string Image { get; init; }

    public IntakeState State { get; init; }

    public DateTimeOffset StateSince { get; init; }

    public string? Reason { get; init; }

    public IntakeCause Cause { get; init; }

    public string? Justification { get; init; }

    public required ActorDocument RequestedBy { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    public string? Digest { get; init; }

    public CandidateDocument? Candidate { get; init; }

    public required string TargetRepository { get; init; }

    public required IReadOnlyList<string> TargetTags { get; init; }

    public required IReadOnlyList<ScanDocument> Scans { get; init; }

    public VerdictDocument? Verdict { get; init; }

    public required IReadOnlyList<ApprovalDocument> Approvals { get; init; }

    public required IReadOnlyList<ImportDocument> Imports { get; init; }

    public required IReadOnlyList<ReplicaDocument> Replicas { get; init; }

    public required IReadOnlyList<ClosureDocument> Closures { get; init; }

    public string? Attestation { get; init; }

    public string? DuplicateOf { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? WakeAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record CandidateDocument(
    string Digest,
    string MediaType,
    long CompressedBytes,
    IReadOnlyList<PlatformDocument> Platforms,
    IReadOnlyList<ReferrerDocument> Referrers,
    DateTimeOffset ResolvedAt);

internal sealed record PlatformDocument(string Platform, string Manifest, long CompressedBytes, DateTimeOffset? Created);

internal sealed record ReferrerDocument(string Digest, string? ArtifactType);

internal sealed record ScanDocument(string Scanner, bool Settled, string? Reason);

internal sealed record VerdictDocument(
    VerdictKind Kind,
    IReadOnlyList<RuleDocument> Rules,
    int ApprovalsNeeded,
    bool SeparationOfDuties,
    string PolicyVersion,
    DateTimeOffset At);

internal sealed record RuleDocument(string Rule, RuleOutcome Outcome, string? DecidedBy, int Line, string Reason);

internal sealed record ApprovalDocument(ActorDocument By, DateTimeOffset At, string? Comment);

internal sealed record ImportDocument(string Registry, string Digest, bool Done, int Attempts, string? LastError);

internal sealed record ReplicaDocument(string Registry, string Region, string Endpoint, DateTimeOffset? ServedAt, long? LagMs, string? LastError);

internal sealed record ClosureDocument(string Registry, int Expected, int Found, string Sha256, int Extra, DateTimeOffset At);

internal sealed record EvidenceListDocument(IReadOnlyList<EvidenceDocument> Evidence);

internal sealed record EvidenceDocument(string Scanner, EvidenceState State, string? Reason, DateTimeOffset At, ReportDocument? Report);

internal sealed record ReportDocument(
    string? ScannerVersion,
    string Format,
    DateTimeOffset? GeneratedAt,
    string? Artifact,
    Severity? Highest,
    IReadOnlyList<FindingDocument> Findings);

internal sealed record FindingDocument(string Id, string Package, string? Version, string? FixedVersion, Severity Severity);
