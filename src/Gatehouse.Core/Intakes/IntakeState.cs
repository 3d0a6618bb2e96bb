namespace Gatehouse.Core.Intakes;

/// <summary>Where an intake stands; <see cref="IntakeTransitions"/> says which step leads where.</summary>
public enum IntakeState
{
    Requested,
    Resolved,
    Assessing,
    Refused,
    AwaitingApproval,
    Rejected,
    Approved,
    Importing,
    Replicating,
    Released,
    Recalled,
    Retired,
    Faulted,
}

/// <summary>Every transition there is.</summary>
public static class IntakeTransitions
{
    private static readonly Dictionary<IntakeState, IntakeState[]> Allowed = new()
    {
        [IntakeState.Requested] = [IntakeState.Resolved, IntakeState.Refused, IntakeState.Retired, IntakeState.Faulted],
        [IntakeState.Resolved] = [IntakeState.Assessing, IntakeState.Faulted],
        [IntakeState.Assessing] = [IntakeState.Refused, IntakeState.AwaitingApproval, IntakeState.Approved, IntakeState.Faulted],
        [IntakeState.AwaitingApproval] = [IntakeState.Approved, IntakeState.Rejected, IntakeState.Refused, IntakeState.Assessing],
        [IntakeState.Approved] = [IntakeState.Importing, IntakeState.Faulted],
        [IntakeState.Importing] = [IntakeState.Replicating, IntakeState.Faulted],
        [IntakeState.Replicating] = [IntakeState.Released, IntakeState.Faulted],
        [IntakeState.Released] = [IntakeState.Recalled, IntakeState.Retired],
        [IntakeState.Faulted] = [IntakeState.Requested, IntakeState.Resolved, IntakeState.Assessing, IntakeState.Approved, IntakeState.Importing, IntakeState.Replicating, IntakeState.Retired],
        [IntakeState.Refused] = [],
        [IntakeState.Rejected] = [],
        [IntakeState.Recalled] = [],
        [IntakeState.Retired] = [],
    };

    public static bool CanBecome(this IntakeState from, IntakeState to) => from == to || Allowed[from].Contains(to);

    /// <summary>Nothing will happen to it any more without a person.</summary>
    public static bool IsSettled(this IntakeState state) => state is
        IntakeState.Refused or IntakeState.Rejected or IntakeState.Released or IntakeState.Recalled or IntakeState.Retired or IntakeState.Faulted;

    /// <summary>The workflow has a step for it now; otherwise it waits for a person or is settled.</summary>
    public static bool IsDriven(this IntakeState state) => !state.IsSettled() && state != IntakeState.AwaitingApproval;

    /// <summary>On its way, or waiting; a second request for the same image and scope is given this one.</summary>
    public static bool IsLive(this IntakeState state) => !state.IsSettled() || state == IntakeState.Released;
}
