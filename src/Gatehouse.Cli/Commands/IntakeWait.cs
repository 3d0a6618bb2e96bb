using Gatehouse.Cli.Wire;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Commands;

/// <summary>Looks at an intake until the workflow has nothing to do for it; a duplicate leads on to the intake it repeats.</summary>
internal sealed class IntakeWait(Session session, TimeSpan limit)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public async Task<Error?> RunAsync(Reply<IntakeDocument> reply, CancellationToken cancellationToken)
    {
        var clock = session.Environment.Clock;
        var start = clock.GetTimestamp();
        var seen = string.Empty;
        while (Next(reply.Document) is { } id)
        {
            if (seen != id + reply.Document.State)
            {
                seen = id + reply.Document.State;
                session.Printer.Note($"{id}: {reply.Document.State}");
            }

            if (clock.GetElapsedTime(start) >= limit)
            {
                return new Error(ErrorKind.Unavailable, "wait-limit", $"Intake {id} is still {reply.Document.State} after {limit.TotalMinutes:0} minutes; look again with 'gatehouse intake show {id}'.", "--wait-limit");
            }

            await session.Environment.Pause(Interval, cancellationToken);
            if (!(await session.AskAsync(HttpMethod.Get, IntakeCommands.PathOf(id), null, WireJson.Default.IntakeDocument, cancellationToken)).TryGet(out reply!, out var error))
            {
                return error;
            }
        }

        session.Show(reply, IntakeView.Detail);
        return Judge(reply.Document);
    }

    /// <summary>The intake to look at next; null when there is nothing to wait for.</summary>
    private static string? Next(IntakeDocument intake) => StateOf(intake) switch
    {
        IntakeState.Retired => intake.DuplicateOf,
        { } state when state.IsDriven() => intake.Id,
        _ => null,
    };

    private static Refusal? Judge(IntakeDocument intake) => StateOf(intake) is IntakeState.Released or IntakeState.AwaitingApproval
        ? null
        : new Refusal(ErrorKind.Conflict, "intake-not-admitted", $"Intake {intake.Id} ended {intake.State}{(intake.Reason is null ? "." : ": " + intake.Reason)}", "state");

    private static IntakeState? StateOf(IntakeDocument intake) => Enum.TryParse<IntakeState>(intake.State, out var state) ? state : null;
}
