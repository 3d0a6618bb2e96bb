using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Azure.Arm.Wire;

/// <summary>What is sent. Source: Microsoft.ContainerRegistry 2025-11-01.</summary>
internal sealed record ReplicationBody(string? Location, ReplicationBodyProperties Properties);

internal sealed record ReplicationBodyProperties(bool RegionEndpointEnabled);

internal sealed record CacheRuleBody(CacheRuleBodyProperties Properties);

internal sealed record CacheRuleBodyProperties(string SourceRepository, string TargetRepository, string? CredentialSetResourceId);

internal sealed record CacheRulePatch(CacheRulePatchProperties Properties);

/// <param name="CredentialSetResourceId">Written also when it is null: that is how it is taken away.</param>
internal sealed record CacheRulePatchProperties([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? CredentialSetResourceId);

internal sealed record CredentialSetBody(IdentityWire? Identity, CredentialSetBodyProperties Properties);

internal sealed record CredentialSetBodyProperties(string? LoginServer, IReadOnlyList<AuthCredentialBody> AuthCredentials);

internal sealed record AuthCredentialBody(string Name, string UsernameSecretIdentifier, string PasswordSecretIdentifier);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplicationBody))]
[JsonSerializable(typeof(CacheRuleBody))]
[JsonSerializable(typeof(CacheRulePatch))]
[JsonSerializable(typeof(CredentialSetBody))]
internal sealed partial class ArmBodyJson : JsonSerializerContext
{
    public static byte[] Write(ReplicationBody body) => JsonSerializer.SerializeToUtf8Bytes(body, Default.ReplicationBody);

    public static byte[] Write(CacheRuleBody body) => JsonSerializer.SerializeToUtf8Bytes(body, Default.CacheRuleBody);

    public static byte[] Write(CacheRulePatch body) => JsonSerializer.SerializeToUtf8Bytes(body, Default.CacheRulePatch);

    public static byte[] Write(CredentialSetBody body) => JsonSerializer.SerializeToUtf8Bytes(body, Default.CredentialSetBody);
}
