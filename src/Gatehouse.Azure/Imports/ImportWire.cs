using System.Text.Json.Serialization;

namespace Gatehouse.Azure.Imports;

/// <summary>The body of <c>importImage</c>. Source: Microsoft.ContainerRegistry 2025-11-01, ImportImageParameters.</summary>
internal sealed record ImportBody(ImportSource Source, IReadOnlyList<string> UntaggedTargetRepositories, string Mode)
{
    /// <summary>An existing tag fails the import; untagged, nothing can be overwritten anyway.</summary>
    public const string NoForce = "NoForce";
}

/// <summary>Named by its host or by its ARM id, never by both.</summary>
/// <param name="RegistryUri">Host and port, without a scheme.</param>
/// <param name="ResourceId">ARM id of a registry of the same tenant, which the caller's identity must be able to pull from.</param>
/// <param name="SourceImage">Repository and digest, without a host.</param>
internal sealed record ImportSource(string? RegistryUri, string? ResourceId, string SourceImage, ImportSourceCredentials? Credentials);

internal sealed record ImportSourceCredentials(string? Username, string Password)
{
    public override string ToString() => "(source credentials)";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImportBody))]
internal sealed partial class ImportWireJson : JsonSerializerContext;
