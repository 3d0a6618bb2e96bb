namespace Gatehouse.Core.Telemetry;

/// <summary>Lets a line of a lasting trouble into the log now and then: an alert lasts as long as the lines do, and nobody reads one for every call.</summary>
/// <param name="between">From one line of this process to its next.</param>
public sealed class LineLimit(TimeSpan between, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _last;

    /// <summary>Whether a line is due; when it is, it is taken to be written.</summary>
    public bool IsDue()
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (_last is { } last && now - last < between)
            {
                return false;
            }

            _last = now;
            return true;
        }
    }
}
