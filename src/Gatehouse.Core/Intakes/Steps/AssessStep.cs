using Gatehouse.Core.Evidence;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Assessing → Refused, AwaitingApproval or Approved: gathers evidence until every scanner has answered, then judges.</summary>
internal sealed class AssessStep(IPolicyProvider policies, ScanRound scans, IntakeStore store, StepOutcomes outcomes) : IIntakeStep
{
    public IntakeState State => IntakeState.Assessing;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        if (!(await policies.GetEffectiveAsync(intake.Scope, cancellationToken)).TryGet(out var policy, out var refusal))
        {
            return outcomes.Retry(intake, refusal.Message, null);
        }

        var filed = await store.ReadEvidenceAsync(intake.Id, cancellationToken);
        var early = policy.Judge(EvidenceOf(intake, filed), outcomes.Now);
        if (early.Kind == VerdictKind.Refuse)
        {
            // No report could mend it, so no scanner is asked.
            return Decide(intake, early, new ScanRoundResult(intake.Scans, [], null), []);
        }

        var round = await scans.RunAsync(intake with { Scans = Wanted(intake, policy) }, cancellationToken);
        var evidence = filed.Where(old => !round.Evidence.Any(fresh => fresh.Scanner == old.Scanner)).Concat(round.Evidence).ToList();
        var verdict = policy.Judge(EvidenceOf(intake, evidence), outcomes.Now);
        var received = round.Evidence.Select(item => EvidenceEvents.Received(item, StepOutcomes.Workflow)).ToArray();
        return Decide(intake with { Scans = round.Jobs }, verdict, round, received) with { Evidence = round.Evidence };
    }

    /// <summary>What policy asks for now, which may be more or less than when the intake began; jobs under way go on.</summary>
    private static List<ScanJob> Wanted(Intake intake, IEffectivePolicy policy) =>
    [
        .. policy.WantedScanners.Select(scanner => intake.Scans.FirstOrDefault(job => job.Scanner == scanner)
            ?? new ScanJob(scanner, null, Settled: false, null)),
    ];

    private static EvidenceSet EvidenceOf(Intake intake, IReadOnlyList<ScanEvidence> evidence) =>
        new(intake.Candidate!, evidence) { Requested = intake.Image };

    private IntakeChange Decide(Intake intake, Verdict verdict, ScanRoundResult round, IntakeEvent[] received)
    {
        var judged = intake with { Verdict = verdict };
        IntakeEvent[] events = [.. received, Judged(judged, verdict)];
        switch (verdict.Kind)
        {
            case VerdictKind.Refuse:
                var first = verdict.Failures.First();
                return StepOutcomes.Refuse(judged, first.Rule, string.Join(' ', verdict.Failures.Select(failure => failure.Reason)), events);
            case VerdictKind.Review:
                return StepOutcomes.Go(judged, IntakeState.AwaitingApproval, events);
            case VerdictKind.Admit:
                return StepOutcomes.Go(judged, IntakeState.Approved, events);
            default:
                var reason = string.Join(' ', verdict.Unknowns.Select(unknown => unknown.Reason));
                return outcomes.IsOverdue(judged, outcomes.Options.EvidenceDeadline)
                    ? StepOutcomes.Fault(judged, $"No evidence within {outcomes.Options.EvidenceDeadline}: {reason}", events)
                    : outcomes.Wait(judged, reason, round.RetryAfter, received);
        }
    }

    private static IntakeEvent Judged(Intake intake, Verdict verdict) => IntakeEvent.Of(
        LedgerEventTypes.IntakeJudged,
        StepOutcomes.Workflow,
        ("verdict", verdict.Kind.ToString()),
        ("digest", intake.Candidate!.Digest.ToString()),
        ("policy", verdict.PolicyVersion),
        ("rules", string.Join("; ", verdict.Rules.Select(rule => $"{rule.Rule}={rule.Outcome}{(rule.DecidedBy is null ? string.Empty : "@" + rule.DecidedBy)}"))));
}
