using Gatehouse.Core.Time;
using Gatehouse.Emulator.Arm;
using Gatehouse.Emulator.Faults;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Requests;

namespace Gatehouse.Emulator.Registries;

/// <summary>One emulated registry.</summary>
public sealed class EmulatedRegistry
{
    /// <summary>The region a plain registry's only replica is said to be in.</summary>
    public const string PlainRegion = "local";

    internal EmulatedRegistry(EmulatedRegistryOptions options, EmulatorOptions host, TimeProvider clock, IEntropy entropy)
    {
        Options = options;
        var directory = Path.Combine(host.DataDirectory, "registries", options.Name.ToLowerInvariant());
        Store = new RegistryStore(directory, clock, entropy) { Quarantines = options.Quarantine };
        Faults = new RegistryFaults(clock);
        Arm = new ArmStore(Path.Combine(directory, "arm.json"), clock, entropy, Faults);
        Replicas = options.Kind == RegistryKind.Plain
            ? [new EmulatedReplica(Store, Arm, new EmulatedRegionOptions { Name = PlainRegion })]
            : [.. options.Regions.Select(region => new EmulatedReplica(Store, Arm, region))];
        Home = Replicas.FirstOrDefault(replica => replica.Region == options.HomeRegion) ?? Replicas[0];
        ResourceId = options.Kind == RegistryKind.Plain
            ? null
            : $"/subscriptions/{host.SubscriptionId}/resourceGroups/{host.ResourceGroup}/providers/Microsoft.ContainerRegistry/registries/{options.Name}";
        Store.Open(Replicas);
        foreach (var replica in Replicas)
        {
            if (Arm.Find(ReplicationEndpoint.Type, replica.Region) is { Act: ArmAct.Creating } record)
            {
                replica.PumpAt(record.ReadyAt);
            }
        }
    }

    public string Name => Options.Name;

    public RegistryKind Kind => Options.Kind;

    /// <summary><c>127.0.0.1:port</c> of the global endpoint.</summary>
    public string LoginServer { get; internal set; } = string.Empty;

    /// <summary>ARM id; null for a plain registry.</summary>
    public string? ResourceId { get; }

    /// <summary>What events name as their source: the ARM id, or for a plain registry a topic of its own.</summary>
    internal string EventSource => ResourceId ?? $"/plain/{Name}";

    public string HomeRegion => Home.Region;

    /// <summary>Of all declared regions, also those the registry is not in; see <see cref="EmulatedReplica.IsProvisioned"/>.</summary>
    public IReadOnlyList<EmulatedReplica> Replicas { get; }

    public RegistryFaults Faults { get; }

    public RequestCounter Requests { get; } = new();

    internal EmulatedRegistryOptions Options { get; }

    internal RegistryStore Store { get; }

    internal ArmStore Arm { get; }

    /// <summary>As the options say, unless ARM was told otherwise.</summary>
    internal bool AnonymousPull => Arm.Read(document => document.Properties.TryGetValue("anonymousPullEnabled", out var changed) ? changed.GetBoolean() : Options.AnonymousPull);

    internal EmulatedReplica Home { get; }

    /// <exception cref="ArgumentException">The registry is not in that region.</exception>
    public EmulatedReplica Replica(string region) => Replicas.FirstOrDefault(replica => replica.Region == region)
        ?? throw new ArgumentException($"'{Name}' is not in '{region}'; it is in {string.Join(", ", Replicas.Select(replica => replica.Region))}.", nameof(region));

    /// <summary>Where the global endpoint goes now: home, or who stands in for it; null when nobody can.</summary>
    internal EmulatedReplica? Route()
    {
        return Available(Home) ? Home : Replicas.FirstOrDefault(Available);

        static bool Available(EmulatedReplica replica) => replica is { IsProvisioned: true, Faults.Down: false, RoutingEnabled: true };
    }
}
