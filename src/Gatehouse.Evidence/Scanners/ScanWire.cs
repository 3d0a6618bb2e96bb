using System.Text.Json.Serialization;

namespace Gatehouse.Evidence.Scanners;

/// <summary>What <c>POST /scan</c> takes. Source: goharbor/pluggable-scanner-spec 1.2, ScanRequest.</summary>
internal sealed record ScanRequest(ScanRegistry Registry, ScanArtifact Artifact, IReadOnlyList<ScanCapability>? EnabledCapabilities);

internal sealed record ScanRegistry(string Url, string Authorization);

internal sealed record ScanArtifact(string Repository, string Digest, string? Tag, string MimeType);

internal sealed record ScanCapability(string Type, IReadOnlyList<string> ProducesMimeTypes);

internal sealed record ScanResponse(string? Id);

internal sealed record ScannerMetadata(IReadOnlyList<ScannerCapability>? Capabilities);

/// <param name="Type">Absent in version 1.0, where there is only one kind.</param>
internal sealed record ScannerCapability(string? Type, IReadOnlyList<string>? ConsumesMimeTypes, IReadOnlyList<string>? ProducesMimeTypes);

internal sealed record ScannerErrorBody(ScannerError? Error);

internal sealed record ScannerError(string? Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScanRequest))]
[JsonSerializable(typeof(ScanResponse))]
[JsonSerializable(typeof(ScannerMetadata))]
[JsonSerializable(typeof(ScannerErrorBody))]
internal sealed partial class ScanWireJson : JsonSerializerContext;
