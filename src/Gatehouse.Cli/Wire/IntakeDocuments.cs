namespace Gatehouse.Cli.Wire;

internal sealed record IntakeSubmission(string Scope, string Image, string? Justification);

internal sealed record IntakeComment(string? Comment);

internal sealed record IntakeListDocument(IReadOnlyList<IntakeDocument> Intakes, string? Continuation = null);

internal sealed record ActorDocument(string Id, string Name);

internal sealed record IntakeDocument(
    string Id,
    string Scope,
    string Image,
    string State,
    DateTimeOffset StateSince,
    ActorDocument RequestedBy,
    DateTimeOffset RequestedAt,
    string TargetRepository,
    IReadOnlyList<string> TargetTags,
    IReadOnlyList<ScanDocument> Scans,
    IReadOnlyList<ApprovalDocument> Approvals,
    IReadOnlyList<ImportDocument> Imports,
    IReadOnlyList<ReplicaDocument> Replicas,
    string? Reason = null,
    string? Justification = null,
    string? Digest = null,
    CandidateDocument? Candidate = null,
    VerdictDocument? Verdict = null,
    string? DuplicateOf = null);

internal sealed record CandidateDocument(string MediaType, long CompressedBytes, IReadOnlyList<PlatformDocument> Platforms);

internal sealed record PlatformDocument(string Platform, long CompressedBytes);

internal sealed record ScanDocument(string Scanner, bool Settled, string? Reason = null);

internal sealed record VerdictDocument(string Kind, IReadOnlyList<RuleDocument> Rules, int ApprovalsNeeded, bool SeparationOfDuties);

internal sealed record RuleDocument(string Rule, string Outcome, string Reason, int Line = 0, string? DecidedBy = null);

internal sealed record ApprovalDocument(ActorDocument By, DateTimeOffset At, string? Comment = null);

internal sealed record ImportDocument(string Registry, string Digest, bool Done, int Attempts, string? LastError = null);

internal sealed record ReplicaDocument(string Registry, string Region, DateTimeOffset? ServedAt = null, long? LagMs = null, string? LastError = null);
