using Gatehouse.Core.Images;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Intakes;

public enum IntakeCause
{
    /// <summary>A person or a pipeline asked.</summary>
    Request,

    /// <summary>A watched upstream tag moved or appeared.</summary>
    UpstreamUpdate,
}

/// <summary>Who acts.</summary>
/// <param name="Id"><c>user:</c> and the token's subject, or <c>system:</c> and the function.</param>
/// <param name="Name">For people.</param>
public sealed record Actor(string Id, string Name)
{
    /// <summary>The workflow itself.</summary>
    public static Actor System(string function) => new("system:" + function, function);
}

public sealed record ApprovalDecision(Actor By, DateTimeOffset At, string? Comment);

/// <summary>A scan that was asked for, and where it stands.</summary>
/// <param name="Ticket">The scanner's own id of the job; null until accepted.</param>
/// <param name="Settled">A report is in, or the scanner refused for good.</param>
public sealed record ScanJob(string Scanner, string? Ticket, bool Settled, string? Reason);

/// <summary>One digest on its way into one registry.</summary>
/// <param name="Location">The running operation; stored before it is polled.</param>
/// <param name="DoneAt">When it was seen to be complete.</param>
public sealed record ImportJob(string Registry, Digest Digest, string? Location, bool Done, int Attempts, string? LastError, DateTimeOffset? DoneAt = null)
{
    /// <summary>When the service took the order that runs now; null when none was taken yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>When one replica first served the whole image.</summary>
/// <param name="LagMs">Milliseconds from when the registry's imports were seen complete; null until served.</param>
public sealed record ReplicaProof(string Registry, string Region, string Endpoint, DateTimeOffset? ServedAt, long? LagMs, string? LastError)
{
    public bool IsServed => ServedAt is not null;
}

/// <summary>That one registry serves everything that refers to the image; see the <c>referrers.closed</c> event.</summary>
/// <param name="Sha256">Over the sorted digests, each followed by a newline.</param>
/// <param name="Extra">Referrers it lists that belong neither to this intake nor to any other.</param>
public sealed record ClosureReceipt(string Registry, int Expected, int Found, string Sha256, int Extra, DateTimeOffset At);

/// <summary>One image's way in, from request to release. Immutable; a change is a new value with one more event.</summary>
public sealed record Intake
{
    public required string Id { get; init; }

    public required Scope Scope { get; init; }

    /// <summary>As asked for.</summary>
    public required ImageReference Image { get; init; }

    public required Actor RequestedBy { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public IntakeCause Cause { get; init; }

    public string? Justification { get; init; }

    public IntakeState State { get; init; }

    /// <summary>Why it stands where it stands, for a person.</summary>
    public string? Reason { get; init; }

    /// <summary>The state a retry returns to, when faulted.</summary>
    public IntakeState? FaultedFrom { get; init; }

    public Candidate? Candidate { get; init; }

    public required string TargetRepository { get; init; }

    public IReadOnlyList<string> TargetTags { get; init; } = [];

    public IReadOnlyList<ScanJob> Scans { get; init; } = [];

    public Verdict? Verdict { get; init; }

    public IReadOnlyList<ApprovalDecision> Approvals { get; init; } = [];

    public IReadOnlyList<ImportJob> Imports { get; init; } = [];

    public IReadOnlyList<ReplicaProof> Replicas { get; init; } = [];

    /// <summary>One for each registry, once its referrers have been compared.</summary>
    public IReadOnlyList<ClosureReceipt> Closures { get; init; } = [];

    /// <summary>The manifest of the signed attestation; its bytes are in the intake's partition.</summary>
    public Digest? Attestation { get; init; }

    /// <summary>The intake that already stands for the same image, when this one was retired for it.</summary>
    public string? DuplicateOf { get; init; }

    /// <summary>Looks of the current step that did not get further.</summary>
    public int Attempts { get; init; }

    /// <summary>How many of them failed, one after another; waiting is no failure.</summary>
    public int Failures { get; init; }

    /// <summary>When the workflow looks again; null when it waits for a person or is settled.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>When the current state was entered.</summary>
    public DateTimeOffset StateSince { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How many events have been committed; the next one's sequence number.</summary>
    public int Events { get; init; }

    /// <summary>How many of them were committed before the last commit.</summary>
    public int EventsBefore { get; init; }

    /// <summary>Counts commits; a queue message names the turn it is for.</summary>
    public int Turn { get; init; }

    /// <summary>The row of the due index that wakes this turn if its message is lost; null when no step is due.</summary>
    public string? Guard { get; init; }

    /// <summary>The row that stays until everything that follows the last commit has been done.</summary>
    public string? PreviousGuard { get; init; }
}
