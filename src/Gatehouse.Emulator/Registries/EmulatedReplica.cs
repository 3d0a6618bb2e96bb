using Gatehouse.Emulator.Faults;
using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Registries;

/// <summary>A registry in one region.</summary>
public sealed class EmulatedReplica
{
    private readonly RegistryStore _store;

    internal EmulatedReplica(RegistryStore store, EmulatedRegionOptions options)
    {
        _store = store;
        Region = options.Name;
        Lag = options.ReplicationLag;
        Jitter = options.ReplicationJitter;
        Faults = new ReplicaFaults(this);
    }

    public string Region { get; }

    /// <summary><c>127.0.0.1:port</c> of the regional endpoint; of the global one for a plain registry.</summary>
    public string Endpoint { get; internal set; } = string.Empty;

    public ReplicaFaults Faults { get; }

    /// <summary>ARM's <c>regionEndpointEnabled</c>: whether the global endpoint may route here.</summary>
    public bool RoutingEnabled => _store.Read(this, content => content.RoutingEnabled);

    /// <summary>Changes made elsewhere that have not arrived here.</summary>
    public int PendingChanges => _store.Pending(this);

    internal TimeSpan Lag { get; }

    internal TimeSpan Jitter { get; }

    internal ReplicaContent Content { get; } = new();

    internal Replication.Inbox Inbox { get; } = new();

    internal void Pump() => _store.Pump(this);

    internal void RevertLock(string repository, string reference) => _store.RevertLock(this, repository, reference);
}
