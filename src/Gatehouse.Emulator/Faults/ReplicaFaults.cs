using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;

namespace Gatehouse.Emulator.Faults;

/// <summary>What goes wrong at one replica. Everything is off at start and takes effect at once.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no linked tokens: there is nothing to release.")]
public sealed class ReplicaFaults
{
    private readonly EmulatedReplica _replica;
    private readonly ConcurrentDictionary<Digest, bool> _missing = [];
    private readonly Lock _gate = new();
    private CancellationTokenSource _down = new();
    private Throttle? _throttle;

    internal ReplicaFaults(EmulatedReplica replica) => _replica = replica;

    /// <summary>The region is gone: connections are aborted, running ones too, and nothing replicates to it. The global endpoint goes elsewhere.</summary>
    public bool Down
    {
        get;
        set
        {
            CancellationTokenSource? broken = null;
            lock (_gate)
            {
                if (field == value)
                {
                    return;
                }

                field = value;
                if (value)
                {
                    (broken, _down) = (_down, new CancellationTokenSource());
                }
            }

            broken?.Cancel();
            _replica.Pump();
        }
    }

    /// <summary>What ARM calls the replica's status, e.g. <c>Syncing</c>; null for what it is.</summary>
    public string? DisplayStatus { get; set; }

    /// <summary>Every request waits this long first.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Changes made elsewhere stay away until this is false again.</summary>
    public bool ReplicationStuck
    {
        get;
        set
        {
            field = value;
            _replica.Pump();
        }
    }

    internal CancellationToken Breaks
    {
        get
        {
            lock (_gate)
            {
                return _down.Token;
            }
        }
    }

    /// <summary>Answers 429 to every <paramref name="everyNth"/> request; 1 means all.</summary>
    /// <param name="only">Only requests of this kind are counted and refused; null for all.</param>
    public void Throttle(int everyNth, TimeSpan retryAfter, RequestKind? only = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(everyNth, 1);
        Volatile.Write(ref _throttle, new Throttle(everyNth, retryAfter, only));
    }

    public void StopThrottling() => Volatile.Write(ref _throttle, null);

    /// <summary>The blob's bytes are lost here, although the manifests that need it stay.</summary>
    public void LoseBlob(Digest digest) => _missing[digest] = true;

    public void FindBlob(Digest digest) => _missing.TryRemove(digest, out _);

    /// <summary>Unlocks a tag (or, with a digest, a manifest) at this replica only, as drift would.</summary>
    /// <param name="reference">Tag or digest.</param>
    public void RevertLock(string repository, string reference) => _replica.RevertLock(repository, reference);

    internal bool HasLost(Digest digest) => _missing.ContainsKey(digest);

    internal TimeSpan? Refuses(RequestKind kind) => Volatile.Read(ref _throttle)?.Refuses(kind);
}

internal sealed class Throttle(int everyNth, TimeSpan retryAfter, RequestKind? only)
{
    private int _seen;

    public TimeSpan? Refuses(RequestKind kind) =>
        (only is null || only == kind) && Interlocked.Increment(ref _seen) % everyNth == 0 ? retryAfter : null;
}
