namespace Gatehouse.TestKit.Time;

/// <summary>Waits for other processes: by asking again, never by guessing how long they take.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks what is still missing until nothing is.</summary>
    /// <exception cref="TimeoutException">Something still was after <paramref name="limit"/>; the message says what.</exception>
    public static async Task NothingIsMissingAsync(Func<Task<string?>> missing, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        while (await missing() is { } what)
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"After {limit}: {what}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Runs the work again and again, a pause after each run, until cancelled.</summary>
    public static async Task RepeatAsync(TimeSpan pause, Func<Task> work, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await work();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Being told to stop is how this ends.
        }
    }
}
