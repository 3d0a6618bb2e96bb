using Gatehouse.Core.Time;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Registries;

/// <summary>The content of one registry: its blobs, and per replica what is known there. All changes go through its lock and its journal.</summary>
internal sealed partial class RegistryStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly IEntropy _entropy;
    private readonly Journal<JournalLine> _journal;
    private readonly List<EmulatedReplica> _replicas = [];
    private long _sequence;
    private bool _disposed;

    public RegistryStore(string root, TimeProvider clock, IEntropy entropy)
    {
        _clock = clock;
        _entropy = entropy;
        Directory.CreateDirectory(root);
        Blobs = new BlobStore(root);
        _journal = new Journal<JournalLine>(Path.Combine(root, "journal.jsonl"), JournalJson.Default.JournalLine);
    }

    public BlobStore Blobs { get; }

    /// <summary>Whether manifests that arrive go into quarantine.</summary>
    public bool Quarantines { get; init; }

    /// <summary>A change has become visible at a replica. Called under the lock: must not block.</summary>
    public Action<EmulatedReplica, Change>? Applied { get; set; }

    /// <summary>Replays the journal and goes on replicating where the last process stopped.</summary>
    public void Open(IReadOnlyList<EmulatedReplica> replicas)
    {
        lock (_gate)
        {
            _replicas.AddRange(replicas);
            foreach (var line in _journal.Replay())
            {
                Replay(line);
            }
        }

        foreach (var replica in replicas)
        {
            replica.Inbox.Timer = _clock.CreateTimer(_ => Pump(replica), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Pump(replica);
        }
    }

    public T Read<T>(EmulatedReplica replica, Func<ReplicaContent, T> read)
    {
        lock (_gate)
        {
            return read(replica.Content);
        }
    }

    public int Pending(EmulatedReplica replica)
    {
        lock (_gate)
        {
            return replica.Inbox.Count;
        }
    }

    /// <summary>Applies what is due at a replica and sets its timer to what is due next.</summary>
    public void Pump(EmulatedReplica replica)
    {
        lock (_gate)
        {
            if (_disposed || replica.Faults.Down || replica.Faults.ReplicationStuck || !replica.IsProvisioned)
            {
                return;
            }

            var now = _clock.GetUtcNow();
            while (replica.Inbox.NextDue <= now)
            {
                var change = replica.Inbox.Take();
                _journal.Append(new JournalLine(null, change.Sequence, replica.Region));
                if (replica.Content.Apply(change))
                {
                    Applied?.Invoke(replica, change);
                }
            }

            if (replica.Inbox.NextDue is { } due)
            {
                replica.Inbox.Timer?.Change(TimeSpan.FromTicks(Math.Max((due - now).Ticks, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void PumpAt(EmulatedReplica replica, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                replica.Inbox.Timer?.Change(TimeSpan.FromTicks(Math.Max((at - _clock.GetUtcNow()).Ticks, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var replica in _replicas)
            {
                replica.Inbox.Timer?.Dispose();
            }

            _journal.Dispose();
        }
    }

    /// <summary>Numbers, journals and applies a change at the replica that accepted it, and sends it to the others.</summary>
    private void Commit_NeedsLock(EmulatedReplica replica, Change change)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        change = change with { Sequence = ++_sequence, At = _clock.GetUtcNow(), Region = replica.Region };
        _journal.Append(new JournalLine(change));
        if (replica.Content.Apply(change))
        {
            Applied?.Invoke(replica, change);
        }

        Send_NeedsLock(change);
        if (!change.Local)
        {
            foreach (var other in _replicas.Where(other => other != replica))
            {
                Pump(other);
            }
        }
    }

    private void Send_NeedsLock(Change change)
    {
        if (change.Local)
        {
            return;
        }

        foreach (var replica in _replicas.Where(replica => replica.Region != change.Region))
        {
            replica.Inbox.Add(change, change.At + replica.Lag + (replica.Jitter * _entropy.NextDouble()));
        }
    }

    private void Replay(JournalLine line)
    {
        if (line.Change is { } change)
        {
            _sequence = Math.Max(_sequence, change.Sequence);
            _replicas.FirstOrDefault(replica => replica.Region == change.Region)?.Content.Apply(change);
            Send_NeedsLock(change);
        }
        else if (_replicas.FirstOrDefault(replica => replica.Region == line.Region) is { Inbox.Count: > 0 } replica)
        {
            // Applied lines of a region come in the order of its inbox, so the next one is meant.
            replica.Content.Apply(replica.Inbox.Take());
        }
    }
}
