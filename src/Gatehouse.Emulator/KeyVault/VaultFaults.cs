namespace Gatehouse.Emulator.KeyVault;

/// <summary>What goes wrong with the vault.</summary>
public sealed class VaultFaults
{
    private readonly TimeProvider _clock;
    private long _throttledUntil;

    internal VaultFaults(TimeProvider clock) => _clock = clock;

    /// <summary>The caller's identity has no role: 403 <c>ForbiddenByRbac</c> to everything.</summary>
    public bool Denied { get; set; }

    /// <summary>The role allows reading keys and not signing with them.</summary>
    public bool SignDenied { get; set; }

    /// <summary>429 for this long; Retry-After falls as the time passes.</summary>
    public void Throttle(TimeSpan duration) => Interlocked.Exchange(ref _throttledUntil, (_clock.GetUtcNow() + duration).UtcTicks);

    /// <summary>What is left of the throttling; null when it is over.</summary>
    internal TimeSpan? ThrottleLeft
    {
        get
        {
            var left = new TimeSpan(Interlocked.Read(ref _throttledUntil) - _clock.GetUtcNow().UtcTicks);
            return left > TimeSpan.Zero ? left : null;
        }
    }
}
