namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Resolved → Assessing: from here on evidence is taken.</summary>
internal sealed class PlanAssessmentStep : IIntakeStep
{
    public IntakeState State => IntakeState.Resolved;

    public Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken) =>
        Task.FromResult(StepOutcomes.Go(intake, IntakeState.Assessing));
}
