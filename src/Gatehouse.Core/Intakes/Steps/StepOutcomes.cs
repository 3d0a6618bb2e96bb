using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>The outcomes that every step can have.</summary>
internal sealed class StepOutcomes(TimeProvider clock, IOptions<IntakeOptions> options)
{
    public static Actor Workflow { get; } = Actor.System("AdvanceIntake");

    public IntakeOptions Options => options.Value;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>On to <paramref name="state"/>, at once.</summary>
    public static IntakeChange Go(Intake intake, IntakeState state, params IntakeEvent[] events) =>
        new(intake with { State = state, Attempts = 0, Failures = 0, WakeAt = null, Reason = null }, events);

    public static IntakeChange Refuse(Intake intake, string rule, string reason, params IntakeEvent[] events) =>
        new(
            intake with { State = IntakeState.Refused, Reason = reason },
            [.. events, IntakeEvent.Of(LedgerEventTypes.IntakeRefused, Workflow, ("rule", rule), ("reason", reason), ("digest", intake.Candidate?.Digest.ToString()))]);

    /// <summary>Nothing is wrong; look again later. Pauses grow from the poll delay by half each time, or are what the service asked for.</summary>
    public IntakeChange Wait(Intake intake, string reason, TimeSpan? retryAfter, params IntakeEvent[] events) =>
        new(intake with { Attempts = intake.Attempts + 1, Failures = 0, WakeAt = Now + Delay(intake.Attempts, retryAfter), Reason = reason }, events);

    /// <summary>Something failed that may not fail again; faulted when it has failed too often.</summary>
    public IntakeChange Retry(Intake intake, string reason, TimeSpan? retryAfter, params IntakeEvent[] events)
    {
        var failures = intake.Failures + 1;
        if (failures >= options.Value.MaxAttempts)
        {
            return Fault(intake, $"{reason} (after {failures} tries)", events);
        }

        var waiting = Wait(intake, reason, retryAfter, events);
        return waiting with { Next = waiting.Next with { Failures = failures } };
    }

    public static IntakeChange Fault(Intake intake, string reason, params IntakeEvent[] events) =>
        new(
            intake with { State = IntakeState.Faulted, FaultedFrom = intake.State, Reason = reason },
            [.. events, IntakeEvent.Of(LedgerEventTypes.IntakeFaulted, Workflow, ("state", intake.State.ToString()), ("reason", reason))]);

    public bool IsOverdue(Intake intake, TimeSpan deadline) => Now - intake.StateSince > deadline;

    private TimeSpan Delay(int attempts, TimeSpan? retryAfter)
    {
        var grown = options.Value.PollDelay * Math.Pow(1.5, Math.Min(attempts, 20));
        var (delay, longest) = retryAfter is { } asked ? (asked, IntakeOptions.LongestDelay) : (grown, options.Value.MaxDelay);
        return delay < options.Value.PollDelay ? options.Value.PollDelay : delay > longest ? longest : delay;
    }
}
