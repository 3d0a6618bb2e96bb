using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Intakes;

/// <param name="IdempotencyKey">The same key from the same requester always gives the same intake; null for none.</param>
public sealed record IntakeRequest(
    Scope Scope,
    ImageReference Image,
    Actor RequestedBy,
    IntakeCause Cause = IntakeCause.Request,
    string? IdempotencyKey = null,
    string? Justification = null);

/// <param name="Created">False when a live intake for the same image and scope, or the same idempotency key, was found instead.</param>
public sealed record IntakeReceipt(Intake Intake, bool Created);

/// <param name="ETag">Of the state row; what <c>If-Match</c> compares.</param>
public sealed record StoredIntake(Intake Intake, string ETag);

/// <param name="Continuation">Opaque; null on the last page.</param>
public sealed record IntakePage(IReadOnlyList<Intake> Intakes, string? Continuation);

/// <param name="Within">Only intakes of this scope and below; null for all.</param>
public sealed record IntakeFilter(Scope? Within = null, IntakeState? State = null, int Take = IntakeFilter.DefaultTake, string? Continuation = null)
{
    public const int DefaultTake = 50;

    public const int MaxTake = 200;
}

/// <summary>Everything people and events do to intakes. The workflow does the rest.</summary>
public interface IIntakeDesk
{
    Task<Result<IntakeReceipt>> RequestAsync(IntakeRequest request, CancellationToken cancellationToken);

    Task<Result<StoredIntake>> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<Result<IntakePage>> ListAsync(IntakeFilter filter, CancellationToken cancellationToken);

    /// <summary>One person's yes. Refused for the requester when duties are separated, for a second yes of the same person, and in any other state than AwaitingApproval.</summary>
    Task<Result<Intake>> ApproveAsync(string id, Actor approver, string? comment, CancellationToken cancellationToken);

    Task<Result<Intake>> RejectAsync(string id, Actor approver, string comment, CancellationToken cancellationToken);

    /// <summary>Sends a faulted intake back to the state it faulted in.</summary>
    Task<Result<Intake>> RetryAsync(string id, Actor operatorActor, CancellationToken cancellationToken);

    /// <summary>Files a pushed report. Taken while the intake is being assessed or awaits approval; the report must be about the intake's image.</summary>
    Task<Result<Intake>> AddReportAsync(string id, Actor scanner, ScanReport report, CancellationToken cancellationToken);

    /// <summary>The evidence filed for an intake.</summary>
    Task<Result<IReadOnlyList<ScanEvidence>>> GetEvidenceAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Drives intakes, one step a call.</summary>
public interface IIntakeWorkflow
{
    /// <summary>Does the next step of an intake, if one is due. Safe at any time, from any instance, any number of times.</summary>
    /// <exception cref="Exception">A fault: the message must come back.</exception>
    Task AdvanceAsync(WorkItem item, CancellationToken cancellationToken);

    /// <summary>Queues every intake whose wake-up time has passed; returns how many.</summary>
    Task<int> ReconcileAsync(CancellationToken cancellationToken);
}
