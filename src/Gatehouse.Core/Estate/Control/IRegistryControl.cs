using Gatehouse.Core.Results;

namespace Gatehouse.Core.Estate.Control;

/// <summary>Reads registries' configuration. Refusals are <see cref="ArmFailure"/>s.</summary>
public interface IRegistryControl
{
    /// <summary>Null when there is no such registry.</summary>
    Task<Result<RegistryState?>> GetAsync(RegistryDefinition registry, CancellationToken cancellationToken);

    /// <summary>All registries of a subscription that we may see.</summary>
    Task<Result<IReadOnlyList<RegistryState>>> ListAsync(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>Quotas. The size lags behind.</summary>
    Task<Result<IReadOnlyList<RegistryUsage>>> ListUsagesAsync(RegistryDefinition registry, CancellationToken cancellationToken);
}

/// <summary>Reads and changes a registry's replicas. Refusals are <see cref="ArmFailure"/>s. Changes fail while the home region is down.</summary>
public interface IReplicationControl
{
    /// <summary>The home region is one of them.</summary>
    Task<Result<IReadOnlyList<ReplicationState>>> ListAsync(RegistryDefinition registry, CancellationToken cancellationToken);

    /// <summary>Null when the registry is not in that region.</summary>
    Task<Result<ReplicationState?>> GetAsync(RegistryDefinition registry, string region, CancellationToken cancellationToken);

    /// <summary>Lets the global endpoint send clients to the replica, or not. Images are replicated either way.</summary>
    Task<ControlProgress> SetRoutingAsync(RegistryDefinition registry, string region, bool enabled, CancellationToken cancellationToken);

    /// <summary>Takes as long as the registry is large.</summary>
    Task<ControlProgress> CreateAsync(RegistryDefinition registry, string region, bool routingEnabled, CancellationToken cancellationToken);

    /// <summary>Done when there is none.</summary>
    Task<ControlProgress> DeleteAsync(RegistryDefinition registry, string region, CancellationToken cancellationToken);
}
