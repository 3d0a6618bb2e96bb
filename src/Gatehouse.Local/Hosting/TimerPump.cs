using System.Collections.Concurrent;

namespace Gatehouse.Local.Hosting;

/// <param name="Every">Pause between the end of one run and the start of the next.</param>
internal sealed record LocalTimer(string Function, TimeSpan Every);

/// <summary>Fires the timer functions, each one run at a time. The pauses are shorter than in Azure, so that one sees things happen.</summary>
internal sealed class TimerPump(FunctionInvoker invoker, InvocationEnvelope envelopes, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    public static IReadOnlyList<LocalTimer> Timers { get; } =
    [
        new("SealLedger", TimeSpan.FromSeconds(1)),
        new("PublishEvents", TimeSpan.FromSeconds(1)),
        new("ProbeReplicas", TimeSpan.FromSeconds(5)),
        new("WatchUpstream", TimeSpan.FromSeconds(30)),
        new("Reconcile", TimeSpan.FromSeconds(20)),
        new("RescanReleased", TimeSpan.FromMinutes(10)),
    ];

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Timers.Select(timer => RunAsync(timer, cancellationToken)));

    /// <summary>Runs a timer's function now, after the run that may be under way: whoever asks for it wants its result, and one that gives way to another has none.</summary>
    public async Task<bool> FireAsync(string function, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(function, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await invoker.InvokeAsync(function, envelopes.Timer(function), cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task RunAsync(LocalTimer timer, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(timer.Every, clock, cancellationToken);
            await FireAsync(timer.Function, cancellationToken);
        }
    }
}
