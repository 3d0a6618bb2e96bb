using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>
/// Importing → Replicating: every registry copies the image from upstream, by digest and untagged. A started import's location
/// is committed before it is polled; if it was lost, the data plane tells whether the import is needed at all.
/// </summary>
internal sealed class ImportStep(IEstateProvider estate, IImageImporter importer, IReplicaReader reader, StepOutcomes outcomes) : IIntakeStep
{
    public IntakeState State => IntakeState.Importing;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        var map = await estate.GetAsync(cancellationToken);
        var turn = intake.Imports.Where(job => !job.Done).Take(IIntakeStep.MaxMoves).ToHashSet();
        var moves = await Task.WhenAll(intake.Imports.Select(job => turn.Contains(job) ? MoveAsync(map, intake, job, cancellationToken) : Task.FromResult(new Move(job))));
        IntakeEvent[] events = [.. moves.Where(move => move.Event is not null).Select(move => move.Event!)];
        var moved = intake with { Imports = [.. moves.Select(move => move.Job)] };
        if (moves.FirstOrDefault(move => move.Final is not null) is { Final: { } final })
        {
            return StepOutcomes.Fault(moved, final, events);
        }

        if (moved.Imports.All(job => job.Done))
        {
            return StepOutcomes.Go(moved, IntakeState.Replicating, events);
        }

        var open = moved.Imports.Where(job => !job.Done).ToList();
        var reason = $"{open.Count} of {moved.Imports.Count} imports are under way" + (open.Find(job => job.LastError is not null)?.LastError is { } error ? $"; {error}" : string.Empty);
        var asked = moves.Where((move, index) => turn.Contains(intake.Imports[index]) && !move.Job.Done).ToList();
        if (IsOverdue(intake, open) && !asked.TrueForAll(move => move.Waits))
        {
            return StepOutcomes.Fault(moved, $"Not imported within {outcomes.Options.ImportDeadline}: {reason}", events);
        }

        // A location just received must not wait: the next look is the poll.
        var started = moves.Any(move => move.Event?.Type == LedgerEventTypes.ImportStarted);
        return outcomes.Wait(started ? moved with { Attempts = 0 } : moved, reason, Pause(asked), events);
    }

    /// <summary>What waits for others, or for a place among them, must not fault for it: the time runs from the newest order.</summary>
    private bool IsOverdue(Intake intake, List<ImportJob> open) =>
        outcomes.Now - (open.Max(job => job.StartedAt) ?? intake.StateSince) > outcomes.Options.ImportDeadline;

    /// <summary>
    /// Imports that run are asked about in their own time, whatever those that wait were told: a place that is not given back keeps others waiting.
    /// Null for our own delay, which an import without a wish of its own gets.
    /// </summary>
    private static TimeSpan? Pause(List<Move> asked)
    {
        var running = asked.FindAll(move => move.Job.Location is not null);
        return running.Exists(move => move.RetryAfter is null) ? null : (running.Count > 0 ? running : asked).Min(move => move.RetryAfter);
    }

    private async Task<Move> MoveAsync(EstateMap map, Intake intake, ImportJob job, CancellationToken cancellationToken)
    {
        if (map.Find(job.Registry) is not { } registry)
        {
            return new Move(job) { Final = $"Registry '{job.Registry}' is no longer in the estate." };
        }

        if (job.Location is not null)
        {
            return await SettleAsync(intake, registry, job, await importer.PollAsync(registry, job.Location, cancellationToken), cancellationToken);
        }

        return await IsThereAsync(registry, intake, job.Digest, cancellationToken)
            ? Complete(job, "already there")
            : await SettleAsync(intake, registry, job, await importer.StartAsync(registry, Request(intake, job.Digest), cancellationToken), cancellationToken);
    }

    private async Task<Move> SettleAsync(Intake intake, RegistryDefinition registry, ImportJob job, ImportProgress progress, CancellationToken cancellationToken)
    {
        switch (progress)
        {
            case ImportProgress.Done:
                return Complete(job, null);
            case ImportProgress.Running running:
                var started = job.Location is null ? Event(LedgerEventTypes.ImportStarted, job, ("location", running.Location)) : null;
                var now = job.Location is null ? outcomes.Now : job.StartedAt;
                return new Move(job with { Location = running.Location, StartedAt = now, LastError = null }) { Event = started, RetryAfter = running.RetryAfter };
            case ImportProgress.Failed failed:
                return await FailAsync(intake, registry, job, failed, cancellationToken);
            default:
                throw new InvalidOperationException($"Unknown progress {progress}.");
        }
    }

    private async Task<Move> FailAsync(Intake intake, RegistryDefinition registry, ImportJob job, ImportProgress.Failed failed, CancellationToken cancellationToken)
    {
        var error = $"{registry.Name}: {failed.Code}: {failed.Message}";
        if (failed.Waits)
        {
            // Nobody was asked since the data plane was: it has nothing new to say.
            return new Move(job with { LastError = error }) { RetryAfter = failed.RetryAfter, Waits = true };
        }

        // A conflict, or a failure reported for an import that went through all the same: only the data plane knows.
        if (await IsThereAsync(registry, intake, job.Digest, cancellationToken))
        {
            return Complete(job, failed.Code);
        }

        if (failed.StillRuns || failed.NotStarted)
        {
            // Only the asking failed, or the ordering, and the deadline bounds how often: while an import runs, to start again would be
            // a second copy beside the first; and an outage of the service's is not to use up the tries of imports it never began.
            return new Move(job with { LastError = error }) { RetryAfter = failed.RetryAfter };
        }

        var tried = job with { Location = null, Attempts = job.Attempts + 1, LastError = error };
        return new Move(tried)
        {
            Event = Event(LedgerEventTypes.ImportFailed, job, ("code", failed.Code), ("message", failed.Message)),
            RetryAfter = failed.RetryAfter,
            Final = failed.Retryable && tried.Attempts < outcomes.Options.MaxAttempts ? null : error,
        };
    }

    private async Task<bool> IsThereAsync(RegistryDefinition registry, Intake intake, Digest digest, CancellationToken cancellationToken) =>
        (await reader.AskAsync(registry.Home, intake.TargetRepository, digest, cancellationToken)).IsThere(registry);

    private static ImportRequest Request(Intake intake, Digest digest) =>
        new(intake.Candidate!.Source.WithDigest(digest), digest, intake.TargetRepository);

    private Move Complete(ImportJob job, string? note) => new(job with { Done = true, DoneAt = outcomes.Now, LastError = null })
    {
        Event = Event(LedgerEventTypes.ImportCompleted, job, ("note", note)),
    };

    private static IntakeEvent Event(string type, ImportJob job, params (string Key, string? Value)[] details) =>
        IntakeEvent.Of(type, StepOutcomes.Workflow, [("registry", job.Registry), ("digest", job.Digest.ToString()), .. details]);

    /// <param name="Final">Why the whole intake cannot go on; null when it can.</param>
    private sealed record Move(ImportJob Job, string? Final = null)
    {
        public IntakeEvent? Event { get; init; }

        public TimeSpan? RetryAfter { get; init; }

        /// <summary>For a place, and for nothing else.</summary>
        public bool Waits { get; init; }
    }
}
