using System.Collections.Concurrent;

namespace Gatehouse.Emulator.Faults;

/// <summary>A lock on the registry's scope.</summary>
public enum ArmLock
{
    None,
    CanNotDelete,
    ReadOnly,
}

/// <summary>What goes wrong with a registry's control plane.</summary>
public sealed class RegistryFaults
{
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, bool> _denied = new(StringComparer.OrdinalIgnoreCase);
    private long _throttledUntil;
    private ArmFailure? _failure;
    private int _break;

    internal RegistryFaults(TimeProvider clock) => _clock = clock;

    /// <summary>ARM refuses writes with 503, as when the home region is down. Reads go on.</summary>
    public bool ArmDown { get; set; }

    /// <summary>ARM answers 403 <c>AuthorizationFailed</c> to everything about this registry.</summary>
    public bool ArmDenied { get; set; }

    /// <summary>ARM answers 409 <c>ScopeLocked</c> to what the lock forbids.</summary>
    public ArmLock ArmLock { get; set; }

    /// <summary>The token service knows nobody: <c>/oauth2/exchange</c> answers 401.</summary>
    public bool ExchangeDenied { get; set; }

    /// <summary>ARM answers 429 for this long; Retry-After falls as the time passes.</summary>
    public void ThrottleArm(TimeSpan duration) => Interlocked.Exchange(ref _throttledUntil, (_clock.GetUtcNow() + duration).UtcTicks);

    /// <summary>ARM answers 403 <c>AuthorizationFailed</c> to calls that need this permission.</summary>
    /// <param name="action">E.g. <c>Microsoft.ContainerRegistry/registries/importImage/action</c>.</param>
    public void DenyArm(string action) => _denied[action] = true;

    public void AllowArm(string action) => _denied.TryRemove(action, out _);

    /// <summary>The next change through ARM is accepted and ends as failed; what it changed is left in the state Failed.</summary>
    public void FailNextArmOperation(string code, string message) => Volatile.Write(ref _failure, new ArmFailure(code, message));

    /// <summary>The next import is accepted and runs, and the connection breaks before the answer.</summary>
    public void BreakNextImport() => Volatile.Write(ref _break, 1);

    internal bool IsArmDenied(string action) => _denied.ContainsKey(action);

    internal ArmFailure? TakeArmFailure() => Interlocked.Exchange(ref _failure, null);

    internal bool TakeArmBreak() => Interlocked.Exchange(ref _break, 0) == 1;

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

internal sealed record ArmFailure(string Code, string Message);
