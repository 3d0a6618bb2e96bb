using System.Text.Json.Serialization;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;

namespace Gatehouse.Core.Intakes;

/// <summary>How intakes, their events, evidence and index rows are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Intake))]
[JsonSerializable(typeof(ScanEvidence))]
[JsonSerializable(typeof(ReferrerArtifact))]
[JsonSerializable(typeof(WorkItem))]
[JsonSerializable(typeof(IntakeSummary))]
[JsonSerializable(typeof(ClaimRow))]
[JsonSerializable(typeof(string))]
internal sealed partial class IntakeJson : JsonSerializerContext;
