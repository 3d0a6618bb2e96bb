using System.Text.Json.Nodes;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>What the Bicep compiler says a parameter file would deploy; <c>.ci/bicep</c> checks that it still says so.</summary>
internal sealed class Snapshot
{
    private readonly JsonArray _resources;

    private Snapshot(string stage) =>
        _resources = JsonNode.Parse(File.ReadAllText(Path.Combine(BicepFile.Folder, $"{stage}.snapshot.json")))!["predictedResources"]!.AsArray();

    public static Snapshot Of(string stage) => new(stage);

    public IEnumerable<JsonNode> OfType(string type) => _resources.Select(resource => resource!).Where(resource => resource["type"]!.GetValue<string>() == type);

    public JsonNode Properties(string type, string nameEnd) =>
        OfType(type).Single(resource => resource["name"]!.GetValue<string>().EndsWith(nameEnd, StringComparison.Ordinal))["properties"]!;

    /// <summary>The estate, as the Function app will read it.</summary>
    public string EstateDocument() =>
        ArmExpression.Evaluate(Properties("Microsoft.Web/sites/config", "/appsettings")["Gatehouse__Estate__Document"]!.GetValue<string>())!.GetValue<string>();

    /// <summary>The pattern that clusters hold images to.</summary>
    public string ImagePattern() =>
        ArmExpression.Evaluate(Properties("Microsoft.Authorization/policyAssignments", "-images")["parameters"]!["allowedContainerImagesRegex"]!["value"]!.GetValue<string>())!.GetValue<string>();
}
