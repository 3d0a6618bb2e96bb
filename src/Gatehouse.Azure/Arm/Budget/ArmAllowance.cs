namespace Gatehouse.Azure.Arm.Budget;

internal enum ArmCallClass
{
    Reads,
    Writes,
    Deletes,
}

/// <summary>A token bucket: how many calls of one class one subscription still takes, by our count and by what it tells us.</summary>
internal sealed class ArmAllowance
{
    private readonly Lock _gate = new();
    private readonly double _burst;
    private readonly double _perSecond;
    private readonly TimeProvider _clock;
    private double _tokens;
    private DateTimeOffset _filledAt;

    /// <param name="burst">Most tokens.</param>
    /// <param name="perSecond">Tokens that come back.</param>
    public ArmAllowance(double burst, double perSecond, TimeProvider clock)
    {
        (_burst, _perSecond, _clock) = (burst, perSecond, clock);
        (_tokens, _filledAt) = (burst, clock.GetUtcNow());
    }

    /// <summary>Takes a token. When there is none: how long until there may be one.</summary>
    public TimeSpan TryTake()
    {
        lock (_gate)
        {
            var now = Fill_NeedsLock();
            if (_filledAt <= now && _tokens >= 1)
            {
                _tokens--;
                return TimeSpan.Zero;
            }

            // Rounded up: a timer that fires early would only find nothing.
            var missing = Math.Max(1 - _tokens, 0) / _perSecond;
            return TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(((_filledAt - now) + TimeSpan.FromSeconds(missing)).TotalMilliseconds, 1)));
        }
    }

    /// <summary>The service says how many it would take now; others use the same allowance.</summary>
    public void Learn(long remaining)
    {
        lock (_gate)
        {
            Fill_NeedsLock();
            _tokens = Math.Min(_tokens, Math.Max(remaining, 0));
        }
    }

    /// <summary>The service refused: nothing is left, and nothing comes back before <paramref name="pause"/> is over.</summary>
    public void Block(TimeSpan pause)
    {
        lock (_gate)
        {
            var until = Fill_NeedsLock() + pause;
            (_tokens, _filledAt) = (Math.Min(_tokens, 1), until > _filledAt ? until : _filledAt);
        }
    }

    private DateTimeOffset Fill_NeedsLock()
    {
        var now = _clock.GetUtcNow();
        if (now > _filledAt)
        {
            (_tokens, _filledAt) = (Math.Min(_burst, _tokens + ((now - _filledAt).TotalSeconds * _perSecond)), now);
        }

        return now;
    }
}
