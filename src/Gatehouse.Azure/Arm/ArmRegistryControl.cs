using System.Globalization;
using Gatehouse.Azure.Arm.Wire;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Arm;

/// <summary>Source: Microsoft.ContainerRegistry, Registries_Get, Registries_List, Registries_ListUsages.</summary>
internal sealed class ArmRegistryControl(ArmClient client, ArmReader reader, TimeProvider clock, ILogger<ArmRegistryControl> log) : IRegistryControl
{
    private readonly PreviewFallback _versions = new(client, clock, log);

    // Whether replicas have endpoints of their own is told by preview versions only.
    public Task<Result<RegistryState?>> GetAsync(RegistryDefinition registry, CancellationToken cancellationToken) => _versions.ReadAsync(version => reader.GetAsync(
        client.UriOf(registry.ResourceId, version), ArmWireJson.Default.ArmResourceRegistryWire, Read, registry.ResourceId, cancellationToken));

    public Task<Result<IReadOnlyList<RegistryState>>> ListAsync(string subscriptionId, CancellationToken cancellationToken) => Guid.TryParse(subscriptionId, out var id)
        ? _versions.ReadAsync(version => reader.ListAsync(
            client.UriOf($"/subscriptions/{id}/providers/Microsoft.ContainerRegistry/registries", version),
            ArmWireJson.Default.ArmPageArmResourceRegistryWire,
            Read,
            $"/subscriptions/{id}",
            cancellationToken))
        : Task.FromResult<Result<IReadOnlyList<RegistryState>>>(ArmFailures.Invalid("The subscription", subscriptionId, "a GUID"));

    public Task<Result<IReadOnlyList<RegistryUsage>>> ListUsagesAsync(RegistryDefinition registry, CancellationToken cancellationToken) => reader.ListAsync(
        client.UriOf(registry.ResourceId + "/listUsages", client.ApiVersion),
        ArmWireJson.Default.ArmPageUsageWire,
        wire => wire is { Name: { } name, CurrentValue: { } current } ? new RegistryUsage(name, current, wire.Limit is >= 0 ? wire.Limit : null, wire.Unit ?? "Count") : null,
        registry.ResourceId,
        cancellationToken);

    /// <summary>Null fields where the service was silent; null without a name or a host.</summary>
    internal static RegistryState? Read(ArmResource<RegistryWire> wire) => wire is { Id: { } id, Name: { } name, Properties: { LoginServer: { } login } properties }
        ? new RegistryState(name, id, login.ToLowerInvariant(), Region(wire.Location), wire.Sku?.Name, properties.ProvisioningState, Status(properties.Status))
        {
            RegionalEndpoints = properties.RegionalEndpoints is { } word ? word.Equals("Enabled", StringComparison.OrdinalIgnoreCase) : null,
            RegionalEndpointHosts = [.. (properties.RegionalEndpointHostNames ?? []).OfType<string>().Select(host => host.ToLowerInvariant())],
        }
        : null;

    internal static ResourceStatus? Status(StatusWire? wire) => wire is null
        ? null
        : new ResourceStatus(
            wire.DisplayStatus,
            wire.Message,
            DateTimeOffset.TryParse(wire.Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null);

    /// <summary>ARM takes and gives <c>West Europe</c> for <c>westeurope</c>.</summary>
    internal static string Region(string? location) => (location ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
}
