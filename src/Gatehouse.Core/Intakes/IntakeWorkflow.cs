using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Core.Intakes.Steps;
using Gatehouse.Core.Records;
using Gatehouse.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Intakes;

/// <inheritdoc cref="IIntakeWorkflow"/>
internal sealed class IntakeWorkflow(
    IntakeStore store,
    IEnumerable<IIntakeStep> steps,
    StepOutcomes outcomes,
    TimeProvider clock,
    ILogger<IntakeWorkflow> logger) : IIntakeWorkflow
{
    /// <summary>A message this much early is acted on; queues and clocks are not exact.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(250);

    /// <summary>A guard row of a commit that never came is kept this long past its time, in case the commit is merely slow.</summary>
    private static readonly TimeSpan OrphanAge = TimeSpan.FromMinutes(10);

    private const int ReconcileBatch = 500;

    /// <summary>Leaves room for what the store adds.</summary>
    private const int MaxStateBytes = RecordLimits.MaxDataBytes - 4096;

    private static readonly Histogram<double> StepDuration =
        GatehouseMeter.Meter.CreateHistogram<double>("gatehouse.intake.step.duration", "s", "How long one step of an intake took.");

    private readonly Dictionary<IntakeState, IIntakeStep> _steps = steps.ToDictionary(step => step.State);

    public async Task AdvanceAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(item.Intake, cancellationToken) is not { } stored)
        {
            Log.MessageWithoutIntake(logger, item.Intake);
            return;
        }

        var intake = stored.Intake;
        if (item.Turn < intake.Turn)
        {
            // Acted on already; but whoever did may have died before telling everyone.
            await store.FinishIfLeftAsync(intake, cancellationToken);
            return;
        }

        if (!_steps.TryGetValue(intake.State, out var step))
        {
            return;
        }

        if (intake.WakeAt - clock.GetUtcNow() > Slack)
        {
            await store.EnqueueAsync(intake, cancellationToken);
            return;
        }

        await RunAsync(stored, step, cancellationToken);
    }

    public async Task<int> ReconcileAsync(CancellationToken cancellationToken)
    {
        var queued = 0;
        var failures = new List<Exception>();
        await foreach (var row in store.OverdueAsync(ReconcileBatch, cancellationToken))
        {
            try
            {
                queued += await WakeAsync(GuardKey.Parse(row.Key.Row), row.Key.Row, cancellationToken) ? 1 : 0;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // One intake that cannot be woken must not keep the rest asleep.
                Log.NotWoken(logger, exception, row.Key.Row);
                failures.Add(exception);
            }
        }

        return failures.Count == 0 ? queued : throw new AggregateException($"{failures.Count} intakes could not be woken.", failures);
    }

    private async Task<bool> WakeAsync(GuardKey guard, string row, CancellationToken cancellationToken)
    {
        var intake = (await store.FindAsync(guard.Intake, cancellationToken))?.Intake;
        if (intake?.PreviousGuard == row)
        {
            await store.FinishIfLeftAsync(intake, cancellationToken);
            return true;
        }

        if (intake?.Guard == row)
        {
            await store.FinishIfLeftAsync(intake, cancellationToken);
            await store.EnqueueAsync(intake, cancellationToken);
            Log.Overdue(logger, intake.Id, intake.State);
            return true;
        }

        if (guard.Turn <= (intake?.Turn ?? 0) || clock.GetUtcNow() - guard.At > OrphanAge)
        {
            await store.RemoveGuardAsync(row, cancellationToken);
        }

        return false;
    }

    /// <summary>A step that throws is a step that failed: tried again, and faulted with what it said when it goes on. Only what the store throws brings the message back, for then nothing can be committed.</summary>
    private async Task<IntakeChange> TryAsync(Intake intake, IIntakeStep step, CancellationToken cancellationToken)
    {
        try
        {
            return Recordable(intake, await step.RunAsync(intake, cancellationToken));
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or RecordStoreException))
        {
            Log.StepThrew(logger, exception, intake.Id, intake.State);
            return outcomes.Retry(intake, $"{exception.GetType().Name}: {exception.Message}", null);
        }
    }

    /// <summary>What an upstream claims can be larger than a row; that ends the intake, for no later try would make it smaller.</summary>
    private static IntakeChange Recordable(Intake intake, IntakeChange change)
    {
        var bytes = IntakeRows.Write(change.Next).Length;
        return bytes <= MaxStateBytes
            ? change
            : StepOutcomes.Fault(intake, $"What is to be recorded of the image takes {bytes} bytes; at most {MaxStateBytes} can be kept.");
    }

    private async Task RunAsync(StoredIntake stored, IIntakeStep step, CancellationToken cancellationToken)
    {
        var intake = stored.Intake;
        using var activity = GatehouseMeter.Activities.StartActivity("intake.step");
        activity?.SetTag("gatehouse.intake", intake.Id).SetTag("gatehouse.state", intake.State.ToString());
        var started = clock.GetTimestamp();
        var change = await TryAsync(intake, step, cancellationToken);
        var committed = await store.CommitAsync(stored, change, cancellationToken);
        var elapsed = clock.GetElapsedTime(started);
        StepDuration.Record(elapsed.TotalSeconds, new TagList { { "state", intake.State.ToString() }, { "to", change.Next.State.ToString() } });
        if (committed is null)
        {
            // Someone else was faster, and answers for what follows.
            Log.Overtaken(logger, intake.Id, intake.State);
        }
        else if (committed.State != intake.State)
        {
            Log.Moved(logger, intake.Id, intake.State, committed.State, elapsed.TotalMilliseconds, committed.Reason);
        }
        else
        {
            Log.Waiting(logger, intake.Id, intake.State, committed.WakeAt, committed.Reason);
        }
    }
}
