using Gatehouse.Core.Evidence;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Intakes;

internal sealed partial class IntakeDesk
{
    /// <summary>The reason of a job that needs no scanner any more.</summary>
    private const string Pushed = "pushed";

    public Task<Result<Intake>> ApproveAsync(string id, Actor approver, string? comment, CancellationToken cancellationToken) =>
        ChangeAsync(id, intake => Task.FromResult(Approve(intake, approver, comment)), cancellationToken);

    public Task<Result<Intake>> RejectAsync(string id, Actor approver, string comment, CancellationToken cancellationToken) =>
        ChangeAsync(id, intake => Task.FromResult(Reject(intake, approver, comment)), cancellationToken);

    public Task<Result<Intake>> RetryAsync(string id, Actor operatorActor, CancellationToken cancellationToken) =>
        ChangeAsync(id, intake => RetryAsync(intake, operatorActor, cancellationToken), cancellationToken);

    public Task<Result<Intake>> AddReportAsync(string id, Actor scanner, ScanReport report, CancellationToken cancellationToken) =>
        ChangeAsync(id, intake => FileAsync(intake, scanner, report, cancellationToken), cancellationToken);

    private Result<IntakeChange> Approve(Intake intake, Actor approver, string? comment)
    {
        if (intake.State != IntakeState.AwaitingApproval || intake.Verdict is null)
        {
            return intake.Approvals.Any(approval => approval.By.Id == approver.Id)
                ? IntakeErrors.ApprovedAlready(intake)
                : IntakeErrors.WrongState(intake, "approved", "AwaitingApproval");
        }

        if (intake.Verdict.Approval.SeparationOfDuties && intake.RequestedBy.Id == approver.Id)
        {
            return IntakeErrors.OwnRequest(intake);
        }

        if (intake.Approvals.Any(approval => approval.By.Id == approver.Id))
        {
            return IntakeErrors.ApprovedAlready(intake);
        }

        var approvals = intake.Approvals.Append(new ApprovalDecision(approver, clock.GetUtcNow(), comment)).ToList();
        var enough = approvals.Count >= intake.Verdict.Approval.Count;
        var next = intake with
        {
            Approvals = approvals,
            State = enough ? IntakeState.Approved : IntakeState.AwaitingApproval,
            Reason = enough ? null : $"{approvals.Count} of {intake.Verdict.Approval.Count} approvals",
            WakeAt = null,
        };
        return new IntakeChange(next, [IntakeEvent.Of(
            LedgerEventTypes.IntakeApproved,
            approver,
            ("digest", intake.Candidate?.Digest.ToString()),
            ("approval", $"{approvals.Count}/{intake.Verdict.Approval.Count}"),
            ("comment", comment))]);
    }

    private static Result<IntakeChange> Reject(Intake intake, Actor approver, string comment)
    {
        if (string.IsNullOrWhiteSpace(comment))
        {
            return IntakeErrors.CommentMissing();
        }

        if (intake.State != IntakeState.AwaitingApproval)
        {
            return IntakeErrors.WrongState(intake, "rejected", "AwaitingApproval");
        }

        var next = intake with { State = IntakeState.Rejected, Reason = $"Rejected by {approver.Name}: {comment}" };
        return new IntakeChange(next, [IntakeEvent.Of(
            LedgerEventTypes.IntakeRejected,
            approver,
            ("digest", intake.Candidate?.Digest.ToString()),
            ("comment", comment))]);
    }

    private async Task<Result<IntakeChange>> RetryAsync(Intake intake, Actor operatorActor, CancellationToken cancellationToken)
    {
        if (intake is not { State: IntakeState.Faulted, FaultedFrom: { } from })
        {
            return IntakeErrors.WrongState(intake, "retried", "Faulted");
        }

        // While it was faulted, another request for the same image may have taken its place.
        if (intake.Candidate is { } candidate
            && await claims.TakeAsync(IntakeRows.DigestClaim(intake.Scope, intake.Image, candidate.Digest), intake.Id, IntakeTransitions.IsLive, cancellationToken) is { } standing)
        {
            return IntakeErrors.Superseded(intake, standing);
        }

        var next = intake with
        {
            State = from,
            FaultedFrom = null,
            Reason = null,
            Attempts = 0,
            Failures = 0,
            WakeAt = null,
            Imports = [.. intake.Imports.Select(job => job with { Attempts = 0 })],

            // A scanner that refused is asked again; reports that are in stand.
            Scans = [.. intake.Scans.Select(job => job is { Settled: true, Reason: not (null or Pushed) } ? new ScanJob(job.Scanner, null, Settled: false, null) : job)],
        };
        return new IntakeChange(next, [IntakeEvent.Of(LedgerEventTypes.IntakeRetried, operatorActor, ("state", from.ToString()))]);
    }

    private async Task<Result<IntakeChange>> FileAsync(Intake intake, Actor scanner, ScanReport report, CancellationToken cancellationToken)
    {
        if (intake.State is not (IntakeState.Assessing or IntakeState.AwaitingApproval) || intake.Candidate is null)
        {
            return IntakeErrors.WrongState(intake, "given evidence", "Assessing or AwaitingApproval");
        }

        if (report.Artifact is { } artifact && !IntakeClaims.ManifestsOf(intake).Contains(artifact))
        {
            return IntakeErrors.ReportOfAnother(artifact, intake);
        }

        var policy = await policies.GetEffectiveAsync(intake.Scope, cancellationToken);
        if (!policy.TryGet(out var effective, out var refusal))
        {
            return refusal;
        }

        if (!effective.WantedScanners.Contains(report.Scanner))
        {
            return IntakeErrors.ReportUnwanted(report.Scanner, intake.Scope, effective.WantedScanners);
        }

        var evidence = new ScanEvidence(report.Scanner, EvidenceState.Present, report, null, clock.GetUtcNow());
        var size = IntakeRows.Write(evidence).Length;
        if (size > RecordLimits.MaxDataBytes)
        {
            return IntakeErrors.ReportTooLarge(size, RecordLimits.MaxDataBytes);
        }

        // Evidence that arrives while people decide is judged before they do.
        var next = intake with
        {
            State = IntakeState.Assessing,
            Approvals = [],
            Scans = [.. intake.Scans.Where(scan => scan.Scanner != report.Scanner), new ScanJob(report.Scanner, null, Settled: true, Pushed)],
            WakeAt = null,
        };
        return new IntakeChange(next, [EvidenceEvents.Received(evidence, scanner)]) { Evidence = [evidence] };
    }
}
