using Azure.Core;
using Gatehouse.Azure.Arm.Wire;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Proxy;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

/// <summary>Source: Microsoft.ContainerRegistry, CredentialSets.</summary>
internal sealed class ArmCredentialSets(ArmClient client, ArmReader reader, ArmOperations operations) : ICredentialSets
{
    private const string Type = "credentialSets";

    /// <summary>The service knows one credential a set, by this name.</summary>
    private const string Credential = "Credential1";

    public Task<Result<IReadOnlyList<CredentialSet>>> ListAsync(RegistryDefinition registry, CancellationToken cancellationToken) => reader.ListAsync(
        client.UriOf($"{registry.ResourceId}/{Type}", client.ApiVersion), ArmWireJson.Default.ArmPageArmResourceCredentialSetWire, Read, registry.ResourceId, cancellationToken);

    public async Task<Result<CredentialSet?>> GetAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken) =>
        ArmIds.Child(registry, Type, name).TryGet(out var id, out var invalid)
            ? await reader.GetAsync(client.UriOf(id, client.ApiVersion), ArmWireJson.Default.ArmResourceCredentialSetWire, Read, registry.ResourceId, cancellationToken)
            : invalid;

    public Task<ControlProgress> PutAsync(RegistryDefinition registry, CredentialSet set, CancellationToken cancellationToken) => operations.ChangeAsync(
        RequestMethod.Put,
        ArmIds.Child(registry, Type, set.Name),
        Body(new IdentityWire("SystemAssigned", null), set.LoginServer, set.UsernameSecret, set.PasswordSecret),
        cancellationToken);

    public Task<ControlProgress> SetSecretsAsync(RegistryDefinition registry, string name, string usernameSecret, string passwordSecret, CancellationToken cancellationToken) =>
        operations.ChangeAsync(RequestMethod.Patch, ArmIds.Child(registry, Type, name), Body(null, null, usernameSecret, passwordSecret), cancellationToken);

    public Task<ControlProgress> DeleteAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken) =>
        operations.ChangeAsync(RequestMethod.Delete, ArmIds.Child(registry, Type, name), null, cancellationToken);

    private static byte[] Body(IdentityWire? identity, string? loginServer, string usernameSecret, string passwordSecret) =>
        ArmBodyJson.Write(new CredentialSetBody(identity, new CredentialSetBodyProperties(loginServer, [new AuthCredentialBody(Credential, usernameSecret, passwordSecret)])));

    private static CredentialSet? Read(ArmResource<CredentialSetWire> wire)
    {
        if (wire is not { Name: { } name, Properties: { LoginServer: { } loginServer } properties })
        {
            return null;
        }

        var credential = properties.AuthCredentials is [var first, ..] ? first : null;
        var health = credential?.CredentialHealth;
        return new CredentialSet(name, loginServer, credential?.UsernameSecretIdentifier ?? string.Empty, credential?.PasswordSecretIdentifier ?? string.Empty)
        {
            ResourceId = wire.Id,
            PrincipalId = wire.Identity?.PrincipalId,
            IsHealthy = health?.Status is { } status ? status.Equals("Healthy", StringComparison.OrdinalIgnoreCase) : null,
            Problem = health is { ErrorCode: { } code } ? $"{code}: {health.ErrorMessage}" : health?.ErrorMessage,
            ProvisioningState = properties.ProvisioningState,
        };
    }
}
