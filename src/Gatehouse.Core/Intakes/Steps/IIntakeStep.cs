using Gatehouse.Core.Records;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>What the workflow does for an intake in one state. Idempotent: run twice, it wants the same thing.</summary>
internal interface IIntakeStep
{
    /// <summary>Imports or replicas that one run moves: each may make an event, and all events are committed in one batch.</summary>
    const int MaxMoves = RecordLimits.MaxBatchOperations / 2;

    IntakeState State { get; }

    Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken);
}
