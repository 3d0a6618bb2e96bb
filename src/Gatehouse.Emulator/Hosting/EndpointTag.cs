using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Hosting;

internal enum EndpointRole
{
    Registry,
    Data,
    Arm,
    Identity,
    Topic,
    Vault,
}

/// <summary>Which listening port a connection came in at; a connection feature, set as the connection is accepted.</summary>
/// <param name="Name">As request counts name it: <c>global</c>, the region, <c>data</c>, <c>arm</c>, <c>identity</c>, <c>vault</c>.</param>
/// <param name="Registry">The registry, on a registry's endpoint.</param>
/// <param name="Replica">The replica, on a regional endpoint.</param>
/// <param name="WantedPort">From the options; 0 for any.</param>
internal sealed record EndpointTag(EndpointRole Role, string Name, int WantedPort, EmulatedRegistry? Registry = null, EmulatedReplica? Replica = null)
{
    /// <summary>The port it listens on, once started.</summary>
    public int Port { get; set; }

    public string Host => $"127.0.0.1:{Port}";

    /// <summary>Under which its port is remembered.</summary>
    public string Key => Registry is null ? Name : $"{Registry.Name}/{Name}";
}
