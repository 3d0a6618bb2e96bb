using System.Collections.Concurrent;

namespace Gatehouse.Core.Watches;

/// <summary>Hosts that asked to be left alone for a time, remembered from sweep to sweep.</summary>
internal sealed class HostPauses(TimeProvider clock)
{
    /// <summary>What an upstream may ask for; longer is taken as this, so that a mistake there does not end a watch.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = [];

    public void Pause(string host, TimeSpan time) => _until[host] = clock.GetUtcNow() + (time < Longest ? time : Longest);

    public bool IsPaused(string host) => _until.TryGetValue(host, out var until) && clock.GetUtcNow() < until;
}

/// <summary>One upstream host during one sweep.</summary>
internal sealed class HostGate(string host, WatchOptions options, HostPauses pauses) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(options.HostConcurrency);
    private int _failures;
    private volatile bool _stopped = pauses.IsPaused(host);

    public string Host { get; } = host;

    /// <summary>It throttles, or does not answer; it is asked nothing more in this sweep.</summary>
    public bool IsStopped => _stopped;

    public void Answered() => Interlocked.Exchange(ref _failures, 0);

    /// <param name="throttled">It said 429, or named a time to wait: reason enough to stop at once.</param>
    /// <returns>Whether this failure stopped the host.</returns>
    public bool Failed(TimeSpan? retryAfter, bool throttled)
    {
        if (retryAfter is { } time)
        {
            pauses.Pause(Host, time);
            throttled = true;
        }

        if (_stopped || (!throttled && Interlocked.Increment(ref _failures) < options.FailuresToStopHost))
        {
            return false;
        }

        _stopped = true;
        return true;
    }

    /// <summary>Runs a request within the host's and the sweep's limits; null when the host is stopped by then.</summary>
    public async Task<T?> RunAsync<T>(SemaphoreSlim overall, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
        where T : class
    {
        // The host's gate first: waiting for a slow host must not hold a place others could use.
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_stopped)
            {
                return null;
            }

            await overall.WaitAsync(cancellationToken);
            try
            {
                return _stopped ? null : await request(cancellationToken);
            }
            finally
            {
                overall.Release();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
