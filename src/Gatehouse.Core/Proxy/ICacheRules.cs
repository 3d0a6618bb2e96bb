using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Proxy;

/// <summary>A registry's own pull-through cache of an upstream repository.</summary>
/// <param name="Source">With its registry, e.g. <c>docker.io/library/nginx</c>; may hold a wildcard.</param>
/// <param name="Target">The repository it fills.</param>
/// <param name="CredentialSetId">ARM id; null to read anonymously.</param>
public sealed record CacheRule(string Name, string Source, string Target, string? CredentialSetId = null, string? ProvisioningState = null);

/// <summary>A registry's cache rules: at most 1,000, none overlapping. Refusals are <see cref="ArmFailure"/>s.</summary>
public interface ICacheRules
{
    Task<Result<IReadOnlyList<CacheRule>>> ListAsync(RegistryDefinition registry, CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    Task<Result<CacheRule?>> GetAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken);

    Task<ControlProgress> PutAsync(RegistryDefinition registry, CacheRule rule, CancellationToken cancellationToken);

    /// <summary>The one thing of a rule that can be changed.</summary>
    /// <param name="credentialSetId">Null to read anonymously from now on.</param>
    Task<ControlProgress> SetCredentialsAsync(RegistryDefinition registry, string name, string? credentialSetId, CancellationToken cancellationToken);

    /// <summary>Done when there is none. What was cached stays.</summary>
    Task<ControlProgress> DeleteAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken);
}
