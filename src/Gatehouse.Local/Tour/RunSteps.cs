using Gatehouse.Local.Reports;

namespace Gatehouse.Local.Tour;

/// <param name="Name">In kebab case, for reports.</param>
/// <param name="Title">For people.</param>
internal sealed record RunStep(string Name, string Title, Func<CancellationToken, Task> RunAsync);

/// <summary>Runs steps in order, times them, stops at the first that fails.</summary>
internal sealed class RunSteps(RunConsole console, TimeProvider clock)
{
    private readonly List<StepReport> _done = [];

    public IReadOnlyList<StepReport> Done => _done;

    /// <param name="total">How many steps there are in all, for the titles.</param>
    public async Task<bool> RunAsync(IReadOnlyList<RunStep> steps, int total, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            console.Title(_done.Count + 1, total, step.Title);
            var started = clock.GetTimestamp();
            var failure = await TryAsync(step, cancellationToken);
            _done.Add(new StepReport(step.Name, failure is null, (long)clock.GetElapsedTime(started).TotalMilliseconds));
            if (failure is not null)
            {
                console.Bad($"Step '{step.Name}' failed: {failure}");
                return false;
            }
        }

        return true;
    }

    private static async Task<string?> TryAsync(RunStep step, CancellationToken cancellationToken)
    {
        try
        {
            await step.RunAsync(cancellationToken);
            return null;
        }
        catch (Exception exception) when (Failures.IsTold(exception))
        {
            return exception.Message;
        }
    }
}
