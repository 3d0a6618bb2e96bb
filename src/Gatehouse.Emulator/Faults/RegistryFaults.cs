namespace Gatehouse.Emulator.Faults;

/// <summary>What goes wrong with a registry's control plane.</summary>
public sealed class RegistryFaults
{
    private readonly TimeProvider _clock;
    private long _throttledUntil;

    internal RegistryFaults(TimeProvider clock) => _clock = clock;

    /// <summary>ARM refuses writes with 503, as when the home region is down. Reads go on.</summary>
    public bool ArmDown { get; set; }

    /// <summary>ARM answers 403 <c>AuthorizationFailed</c> to everything about this registry.</summary>
    public bool ArmDenied { get; set; }

    /// <summary>The token service knows nobody: <c>/oauth2/exchange</c> answers 401.</summary>
    public bool ExchangeDenied { get; set; }

    /// <summary>ARM answers 429 for this long; Retry-After falls as the time passes.</summary>
    public void ThrottleArm(TimeSpan duration) => Interlocked.Exchange(ref _throttledUntil, (_clock.GetUtcNow() + duration).UtcTicks);

    /// <summary>What is left of the throttling; null when it is over.</summary>
    internal TimeSpan? ArmThrottle
    {
        get
        {
            var left = new TimeSpan(Interlocked.Read(ref _throttledUntil) - _clock.GetUtcNow().UtcTicks);
            return left > TimeSpan.Zero ? left : null;
        }
    }
}
