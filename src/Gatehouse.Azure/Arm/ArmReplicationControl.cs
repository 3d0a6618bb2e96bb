using Azure.Core;
using Gatehouse.Azure.Arm.Wire;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

/// <summary>Source: Microsoft.ContainerRegistry, Replications.</summary>
internal sealed class ArmReplicationControl(ArmClient client, ArmReader reader, ArmOperations operations) : IReplicationControl
{
    private const string Type = "replications";

    public Task<Result<IReadOnlyList<ReplicationState>>> ListAsync(RegistryDefinition registry, CancellationToken cancellationToken) => reader.ListAsync(
        client.UriOf($"{registry.ResourceId}/{Type}", client.ApiVersion), ArmWireJson.Default.ArmPageArmResourceReplicationWire, Read, registry.ResourceId, cancellationToken);

    public async Task<Result<ReplicationState?>> GetAsync(RegistryDefinition registry, string region, CancellationToken cancellationToken) =>
        ArmIds.Child(registry, Type, region).TryGet(out var id, out var invalid)
            ? await reader.GetAsync(client.UriOf(id, client.ApiVersion), ArmWireJson.Default.ArmResourceReplicationWire, Read, registry.ResourceId, cancellationToken)
            : invalid;

    public Task<ControlProgress> SetRoutingAsync(RegistryDefinition registry, string region, bool enabled, CancellationToken cancellationToken) =>
        operations.ChangeAsync(RequestMethod.Patch, ArmIds.Child(registry, Type, region), ArmBodyJson.Write(new ReplicationBody(null, new ReplicationBodyProperties(enabled))), cancellationToken);

    public Task<ControlProgress> CreateAsync(RegistryDefinition registry, string region, bool routingEnabled, CancellationToken cancellationToken) => operations.ChangeAsync(
        RequestMethod.Put, ArmIds.Child(registry, Type, region), ArmBodyJson.Write(new ReplicationBody(region, new ReplicationBodyProperties(routingEnabled))), cancellationToken);

    public Task<ControlProgress> DeleteAsync(RegistryDefinition registry, string region, CancellationToken cancellationToken) =>
        operations.ChangeAsync(RequestMethod.Delete, ArmIds.Child(registry, Type, region), null, cancellationToken);

    private static ReplicationState? Read(ArmResource<ReplicationWire> wire) => wire.Name is { } name
        ? new ReplicationState(
            name,
            ArmRegistryControl.Region(wire.Location ?? name),
            wire.Properties?.ProvisioningState,
            ArmRegistryControl.Status(wire.Properties?.Status),
            wire.Properties?.RegionEndpointEnabled)
        : null;
}
