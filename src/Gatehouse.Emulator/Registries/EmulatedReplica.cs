using Gatehouse.Emulator.Arm;
using Gatehouse.Emulator.Faults;
using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Registries;

/// <summary>A registry in one region.</summary>
public sealed class EmulatedReplica
{
    private readonly RegistryStore _store;
    private readonly ArmStore _arm;
    private readonly bool _declared;

    internal EmulatedReplica(RegistryStore store, ArmStore arm, EmulatedRegionOptions options)
    {
        (_store, _arm, _declared) = (store, arm, options.Provisioned);
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

    /// <summary>Whether the registry is in this region now, as ARM made and unmade it. Where it is not, nobody answers and nothing arrives.</summary>
    public bool IsProvisioned => _arm.IsProvisioned(Region, _declared);

    /// <summary>Changes made elsewhere that have not arrived here.</summary>
    public int PendingChanges => _store.Pending(this);

    internal TimeSpan Lag { get; }

    internal TimeSpan Jitter { get; }

    internal ReplicaContent Content { get; } = new();

    internal Replication.Inbox Inbox { get; } = new();

    internal void Pump() => _store.Pump(this);

    /// <summary>Pumps when the region's making is over.</summary>
    internal void PumpAt(DateTimeOffset at) => _store.PumpAt(this, at);

    internal void RevertLock(string repository, string reference) => _store.RevertLock(this, repository, reference);
}
