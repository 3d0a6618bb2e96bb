namespace Gatehouse.Core.Intakes.Steps;

/// <summary>What the workflow does for an intake in one state. Idempotent: run twice, it wants the same thing.</summary>
internal interface IIntakeStep
{
    IntakeState State { get; }

    Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken);
}
