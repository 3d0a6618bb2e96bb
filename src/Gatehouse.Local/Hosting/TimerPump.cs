namespace Gatehouse.Local.Hosting;

/// <param name="Every">Pause between the end of one run and the start of the next.</param>
internal sealed record LocalTimer(string Function, TimeSpan Every);

/// <summary>Fires the timer functions, each one run at a time. The pauses are shorter than in Azure, so that one sees things happen.</summary>
internal sealed class TimerPump(FunctionInvoker invoker, InvocationEnvelope envelopes, TimeProvider clock)
{
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

    public Task<bool> FireAsync(string function, CancellationToken cancellationToken) =>
        invoker.InvokeAsync(function, envelopes.Timer(function), cancellationToken);

    private async Task RunAsync(LocalTimer timer, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(timer.Every, clock, cancellationToken);
            await FireAsync(timer.Function, cancellationToken);
        }
    }
}
