using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Resolved → Assessing: which scanners the scope's policy wants. What fails without them is refused without asking them.</summary>
internal sealed class PlanAssessmentStep(IPolicyProvider policies, StepOutcomes outcomes) : IIntakeStep
{
    public IntakeState State => IntakeState.Resolved;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        if (!(await policies.GetEffectiveAsync(intake.Scope, cancellationToken)).TryGet(out var policy, out var refusal))
        {
            return outcomes.Retry(intake, refusal.Message, null);
        }

        var jobs = policy.WantedScanners.Select(scanner => new ScanJob(scanner, null, Settled: false, null)).ToList();
        var verdict = policy.Judge(new EvidenceSet(intake.Candidate!, []) { Requested = intake.Image }, outcomes.Now);
        return StepOutcomes.Go(
            intake with { Scans = verdict.Kind == VerdictKind.Refuse ? [] : jobs },
            IntakeState.Assessing);
    }
}
