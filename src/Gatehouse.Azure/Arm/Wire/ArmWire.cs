using System.Text.Json.Serialization;

namespace Gatehouse.Azure.Arm.Wire;

/// <summary>One page of a list. The list may be null, as may be the address of the next page.</summary>
internal sealed record ArmPage<T>(IReadOnlyList<T?>? Value, string? NextLink)
    where T : class;

/// <summary>A resource. Source: Microsoft.ContainerRegistry 2025-11-01; everything may be missing.</summary>
internal sealed record ArmResource<T>(string? Id, string? Name, string? Location, SkuWire? Sku, IdentityWire? Identity, T? Properties)
    where T : class;

internal sealed record SkuWire(string? Name);

internal sealed record IdentityWire(string? Type, string? PrincipalId);

internal sealed record StatusWire(string? DisplayStatus, string? Message, string? Timestamp);

internal sealed record RegistryWire(
    string? LoginServer,
    string? ProvisioningState,
    StatusWire? Status,
    string? RegionalEndpoints,
    IReadOnlyList<string?>? RegionalEndpointHostNames);

internal sealed record ReplicationWire(string? ProvisioningState, StatusWire? Status, bool? RegionEndpointEnabled);

internal sealed record UsageWire(string? Name, long? CurrentValue, long? Limit, string? Unit);

internal sealed record CacheRuleWire(string? SourceRepository, string? TargetRepository, string? CredentialSetResourceId, string? ProvisioningState);

internal sealed record CredentialSetWire(string? LoginServer, IReadOnlyList<AuthCredentialWire?>? AuthCredentials, string? ProvisioningState);

internal sealed record AuthCredentialWire(string? Name, string? UsernameSecretIdentifier, string? PasswordSecretIdentifier, CredentialHealthWire? CredentialHealth);

internal sealed record CredentialHealthWire(string? Status, string? ErrorCode, string? ErrorMessage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArmPage<ArmResource<RegistryWire>>))]
[JsonSerializable(typeof(ArmPage<ArmResource<ReplicationWire>>))]
[JsonSerializable(typeof(ArmPage<ArmResource<CacheRuleWire>>))]
[JsonSerializable(typeof(ArmPage<ArmResource<CredentialSetWire>>))]
[JsonSerializable(typeof(ArmPage<UsageWire>))]
internal sealed partial class ArmWireJson : JsonSerializerContext;
