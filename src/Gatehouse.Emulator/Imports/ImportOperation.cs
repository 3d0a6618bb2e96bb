using System.Text.Json.Serialization;

namespace Gatehouse.Emulator.Imports;

internal enum ImportStatus
{
    Running,
    Succeeded,
    Failed,
}

/// <summary>What is kept of an import: never its credentials.</summary>
/// <param name="HttpStatus">What polling answers once it has failed.</param>
internal sealed record ImportOperation(
    string Id,
    string Registry,
    string Source,
    IReadOnlyList<ImportTarget> Targets,
    DateTimeOffset StartedAt,
    ImportStatus Status,
    int HttpStatus = 200,
    string? Code = null,
    string? Message = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImportOperation))]
internal sealed partial class ImportJson : JsonSerializerContext;
