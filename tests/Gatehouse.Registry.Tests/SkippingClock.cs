namespace Gatehouse.Registry.Tests;

/// <summary>A clock on which short waits are over at once, leaving their length behind; long ones (timeouts) never end unless told to.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _waits = [];
    private readonly List<InertTimer> _pending = [];
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What counts as a short wait.</summary>
    public TimeSpan SkipBelow { get; init; } = TimeSpan.FromSeconds(25);

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_gate)
            {
                return [.. _waits];
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public void Advance(TimeSpan by)
    {
        lock (_gate)
        {
            _now += by;
        }
    }

    /// <summary>Ends every timeout that runs now and is this long.</summary>
    public void Fire(TimeSpan due)
    {
        InertTimer[] firing;
        lock (_gate)
        {
            firing = [.. _pending.Where(timer => timer.Due == due)];
        }

        foreach (var timer in firing)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new InertTimer(this, callback, state) { Due = dueTime };
        lock (_gate)
        {
            if (dueTime > TimeSpan.Zero && dueTime < SkipBelow)
            {
                _waits.Add(dueTime);
                _now += dueTime;
                ThreadPool.QueueUserWorkItem(_ => callback(state));
            }
            else
            {
                _pending.Add(timer);
            }
        }

        return timer;
    }

    private sealed class InertTimer(SkippingClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._pending.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
