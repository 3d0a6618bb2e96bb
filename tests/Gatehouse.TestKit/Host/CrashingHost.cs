using Gatehouse.Core.Time;
using Gatehouse.TestKit.Time;

namespace Gatehouse.TestKit.Host;

/// <summary>When one life of the handler ends.</summary>
/// <param name="Calls">How many calls it is given.</param>
/// <param name="After">How long after the last of them was sent it is killed.</param>
public sealed record HandlerLife(int Calls, TimeSpan After)
{
    /// <summary>As many lives, of <paramref name="fewest"/> to <paramref name="most"/> calls each, as the seed says.</summary>
    public static IReadOnlyList<HandlerLife> Plan(int seed, int lives, int fewest, int most, TimeSpan longest)
    {
        var entropy = new SeededEntropy(seed);
        return [.. Enumerable.Range(0, lives).Select(_ => new HandlerLife(
            fewest + (int)(entropy.NextDouble() * (most - fewest + 1)),
            longest * entropy.NextDouble()))];
    }
}

/// <summary>A host whose handler is killed after so many calls, whatever else is running in it then, and started again.</summary>
public sealed class CrashingHost(FunctionsHostHarness harness, IReadOnlyList<HandlerLife> lives)
{
    /// <summary>What a timer can wait at the least.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private Task _alive = Task.CompletedTask;
    private int _calls;
    private int _kills;

    public int Kills => _kills;

    /// <summary>Calls the handler, once it is alive; null when it died before it had answered.</summary>
    /// <exception cref="HttpRequestException">It did not answer, and nobody had killed it.</exception>
    public async Task<T?> TryAsync<T>(Func<FunctionsHostHarness, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        var (alive, life) = Enter();
        await alive;
        var running = call(harness);
        Count(cancellationToken);
        try
        {
            return await running;
        }
        catch (HttpRequestException) when (life != Volatile.Read(ref _kills))
        {
            return null;
        }
    }

    /// <summary>The same call again until it is answered.</summary>
    public async Task<T> InsistAsync<T>(Func<FunctionsHostHarness, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryAsync(call, cancellationToken) is { } answer)
            {
                return answer;
            }
        }
    }

    /// <summary>Completes when a restart that is under way has ended.</summary>
    public Task SettleAsync() => Enter().Alive;

    private (Task Alive, int Life) Enter()
    {
        lock (_gate)
        {
            return (_alive, _kills);
        }
    }

    private void Count(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_alive.IsCompleted && _kills < lives.Count && ++_calls >= lives[_kills].Calls)
            {
                _calls = 0;
                _alive = KillAsync(lives[_kills].After, cancellationToken);
            }
        }
    }

    private async Task KillAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (after >= ShortestPause)
        {
            using var timer = new PeriodicTimer(after, TimeProvider.System);
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        Interlocked.Increment(ref _kills);
        await harness.KillAndRestartAsync(cancellationToken);
    }
}
