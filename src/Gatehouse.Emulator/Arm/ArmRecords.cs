using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Emulator.Arm;

internal enum ArmAct
{
    Creating,
    Updating,
    Deleting,
}

/// <summary>A resource that ARM has made or changed, and the last change of it.</summary>
/// <param name="Type">Its last segment, e.g. <c>cacheRules</c>.</param>
/// <param name="ReadyAt">When the change is over.</param>
/// <param name="Failed">Whether it ends in failure.</param>
/// <param name="Values">What it says; which values there are is its type's business.</param>
internal sealed record ArmRecord(string Type, string Name, ArmAct Act, DateTimeOffset ReadyAt, bool Failed, IReadOnlyDictionary<string, string?> Values)
{
    public string? Value(string name) => Values.GetValueOrDefault(name);

    /// <summary>ARM's <c>provisioningState</c>.</summary>
    public string State(DateTimeOffset now) => now < ReadyAt ? Act.ToString() : Failed ? "Failed" : "Succeeded";

    public bool IsBusy(DateTimeOffset now) => now < ReadyAt;

    public bool IsGone(DateTimeOffset now) => Act == ArmAct.Deleting && !Failed && now >= ReadyAt;
}

/// <param name="Code">Why it fails; null when it does not.</param>
internal sealed record ArmOperation(string Id, DateTimeOffset ReadyAt, string? Code, string? Message);

/// <summary>What ARM knows of one registry beside its content.</summary>
/// <param name="Properties">What was changed of the registry itself, as it was sent.</param>
internal sealed record ArmDocument(
    Dictionary<string, string> Tags,
    Dictionary<string, JsonElement> Properties,
    List<ArmRecord> Records,
    List<ArmOperation> Operations);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ArmDocument))]
internal sealed partial class ArmDocumentJson : JsonSerializerContext;
