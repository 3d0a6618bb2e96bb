using Azure.Core;
using Gatehouse.Azure.Arm.Wire;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Proxy;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

/// <summary>Source: Microsoft.ContainerRegistry, CacheRules.</summary>
internal sealed class ArmCacheRules(ArmClient client, ArmReader reader, ArmOperations operations) : ICacheRules
{
    private const string Type = "cacheRules";

    public Task<Result<IReadOnlyList<CacheRule>>> ListAsync(RegistryDefinition registry, CancellationToken cancellationToken) => reader.ListAsync(
        client.UriOf($"{registry.ResourceId}/{Type}", client.ApiVersion), ArmWireJson.Default.ArmPageArmResourceCacheRuleWire, Read, registry.ResourceId, cancellationToken);

    public async Task<Result<CacheRule?>> GetAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken) =>
        ArmIds.Child(registry, Type, name).TryGet(out var id, out var invalid)
            ? await reader.GetAsync(client.UriOf(id, client.ApiVersion), ArmWireJson.Default.ArmResourceCacheRuleWire, Read, registry.ResourceId, cancellationToken)
            : invalid;

    public Task<ControlProgress> PutAsync(RegistryDefinition registry, CacheRule rule, CancellationToken cancellationToken) => operations.ChangeAsync(
        RequestMethod.Put,
        ArmIds.Child(registry, Type, rule.Name),
        ArmBodyJson.Write(new CacheRuleBody(new CacheRuleBodyProperties(rule.Source, rule.Target, rule.CredentialSetId))),
        cancellationToken);

    public Task<ControlProgress> SetCredentialsAsync(RegistryDefinition registry, string name, string? credentialSetId, CancellationToken cancellationToken) =>
        operations.ChangeAsync(RequestMethod.Patch, ArmIds.Child(registry, Type, name), ArmBodyJson.Write(new CacheRulePatch(new CacheRulePatchProperties(credentialSetId))), cancellationToken);

    public Task<ControlProgress> DeleteAsync(RegistryDefinition registry, string name, CancellationToken cancellationToken) =>
        operations.ChangeAsync(RequestMethod.Delete, ArmIds.Child(registry, Type, name), null, cancellationToken);

    private static CacheRule? Read(ArmResource<CacheRuleWire> wire) =>
        wire is { Name: { } name, Properties: { SourceRepository: { } source, TargetRepository: { } target } properties }
            ? new CacheRule(name, source, target, properties.CredentialSetResourceId, properties.ProvisioningState)
            : null;
}
