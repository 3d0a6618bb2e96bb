using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Proxy;

/// <summary>What cache rules sign in to an upstream with: names of secrets, never secrets.</summary>
/// <param name="LoginServer">The upstream, e.g. <c>docker.io</c>.</param>
/// <param name="UsernameSecret">Key Vault URL of a secret.</param>
/// <param name="PasswordSecret">Key Vault URL of a secret.</param>
public sealed record CredentialSet(string Name, string LoginServer, string UsernameSecret, string PasswordSecret)
{
    /// <summary>Null before it exists.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Its own identity, which needs to read the secrets; null when the service did not say.</summary>
    public string? PrincipalId { get; init; }

    /// <summary>Null when the service did not say.</summary>
    public bool? IsHealthy { get; init; }

    /// <summary>Why it is not healthy.</summary>
    public string? Problem { get; init; }

    public string? ProvisioningState { get; init; }
}

/// <summary>A registry's credential sets. Refusals are <see cref="ArmFailure"/>s.</summary>
public interface ICredentialSets
{
    Task<Result<IReadOnlyList<CredentialSet>>> ListAsync(RegistryDefinition registry, CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    Task<Result<CredentialSet?>> GetAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken);

    Task<ControlProgress> PutAsync(RegistryDefinition registry, CredentialSet set, CancellationToken cancellationToken);

    /// <summary>Other secrets for the same upstream.</summary>
    Task<ControlProgress> SetSecretsAsync(RegistryDefinition registry, string name, string usernameSecret, string passwordSecret, CancellationToken cancellationToken);

    /// <summary>Done when there is none.</summary>
    Task<ControlProgress> DeleteAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken);
}
