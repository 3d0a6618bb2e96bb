namespace Gatehouse.Core.Estate.Control;

/// <summary>What the service says of a resource, in words that are not a closed list.</summary>
/// <param name="Text">E.g. <c>Ready</c>.</param>
public sealed record ResourceStatus(string? Text, string? Message, DateTimeOffset? At);

/// <summary>A registry as its control plane describes it.</summary>
/// <param name="LoginServer">Lower case, whatever case the service wrote.</param>
/// <param name="HomeRegion">The service's short name, e.g. <c>westeurope</c>.</param>
/// <param name="ProvisioningState">Creating, Updating, Deleting, Succeeded, Failed or Canceled; null when it did not say.</param>
/// <param name="Status">Null when it did not say.</param>
public sealed record RegistryState(
    string Name,
    string ResourceId,
    string LoginServer,
    string HomeRegion,
    string? Sku,
    string? ProvisioningState,
    ResourceStatus? Status)
{
    /// <summary>Whether replicas have endpoints of their own; null when the API version does not tell.</summary>
    public bool? RegionalEndpoints { get; init; }

    /// <summary>Lower case; empty when the API version does not tell.</summary>
    public IReadOnlyList<string> RegionalEndpointHosts { get; init; } = [];
}

/// <summary>A replica as the control plane describes it. It tells nothing of single images.</summary>
/// <param name="Name">By convention the region's.</param>
/// <param name="RoutingEnabled">Whether the global endpoint may send clients there; null when it did not say.</param>
public sealed record ReplicationState(string Name, string Region, string? ProvisioningState, ResourceStatus? Status, bool? RoutingEnabled)
{
    /// <summary>Ready, as far as the control plane knows. No list of status words is published: what is not known to be good is not.</summary>
    public bool IsReady =>
        string.Equals(ProvisioningState, "Succeeded", StringComparison.OrdinalIgnoreCase)
        && Status?.Text is { } text
        && (text.Equals("Ready", StringComparison.OrdinalIgnoreCase) || text.Equals("Online", StringComparison.OrdinalIgnoreCase));
}

/// <summary>One quota of a registry.</summary>
/// <param name="Name">E.g. <c>Size</c>, <c>Geo-replications</c>.</param>
/// <param name="Limit">Null when there is none.</param>
/// <param name="Unit"><c>Bytes</c> or <c>Count</c>.</param>
public sealed record RegistryUsage(string Name, long Current, long? Limit, string Unit);
