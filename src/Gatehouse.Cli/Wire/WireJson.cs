using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Cli.Wire;

/// <summary>What of the API's JSON the commands show. Unknown members are passed over, so that a newer server is understood; missing ones are an error.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(IntakeSubmission))]
[JsonSerializable(typeof(IntakeComment))]
[JsonSerializable(typeof(IntakeDocument))]
[JsonSerializable(typeof(IntakeListDocument))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(PolicyListDocument))]
[JsonSerializable(typeof(PolicyText))]
[JsonSerializable(typeof(WatchSubmission))]
[JsonSerializable(typeof(WatchDocument))]
[JsonSerializable(typeof(WatchListDocument))]
[JsonSerializable(typeof(EstateDocument))]
[JsonSerializable(typeof(EstateHealthDocument))]
[JsonSerializable(typeof(RequeueDocument))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(ExportReceipt))]
[JsonSerializable(typeof(VerificationReport))]
internal sealed partial class WireJson : JsonSerializerContext;

/// <summary>Source: RFC 9457, with Gatehouse's members.</summary>
internal sealed record ProblemDocument(
    string? Title = null,
    string? Detail = null,
    string? Code = null,
    string? Field = null,
    IReadOnlyList<string>? Allowed = null,
    string? TraceId = null);
