using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Functions.Admission;
using Gatehouse.Functions.Api.Estate;
using Gatehouse.Functions.Api.Images;
using Gatehouse.Functions.Api.Intakes;
using Gatehouse.Functions.Api.Ledger;
using Gatehouse.Functions.Api.Policies;
using Gatehouse.Functions.Api.Watches;
using Gatehouse.Functions.Health;
using Gatehouse.Functions.Hooks;
using Gatehouse.Functions.Problems;
using Gatehouse.Functions.Triggers;

namespace Gatehouse.Functions.Api;

/// <summary>Everything on the wire of the HTTP API: camel case, enums by name, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 32)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(IntakeSubmission))]
[JsonSerializable(typeof(IntakeComment))]
[JsonSerializable(typeof(IntakeDocument))]
[JsonSerializable(typeof(IntakeListDocument))]
[JsonSerializable(typeof(EvidenceListDocument))]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(PolicyListDocument))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(WatchSubmission))]
[JsonSerializable(typeof(WatchDocument))]
[JsonSerializable(typeof(WatchListDocument))]
[JsonSerializable(typeof(EstateDocument))]
[JsonSerializable(typeof(EstateHealthDocument))]
[JsonSerializable(typeof(PoisonListDocument))]
[JsonSerializable(typeof(RequeueDocument))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(EntryListDocument))]
[JsonSerializable(typeof(InclusionDocument))]
[JsonSerializable(typeof(ConsistencyDocument))]
[JsonSerializable(typeof(InvocationAnswer))]
[JsonSerializable(typeof(ValidationAnswer))]
[JsonSerializable(typeof(AdmissionReviewAnswer))]
[JsonSerializable(typeof(ImageReviewAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
