using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Local.Scanning;

/// <summary>A vulnerability of exact package versions.</summary>
/// <param name="Severity">As the Harbor report spells it: Negligible, Low, Medium, High, Critical.</param>
internal sealed record Advisory(
    string Id,
    string Package,
    IReadOnlyList<string> Affected,
    string? Fixed,
    string Severity,
    string Description,
    IReadOnlyList<string> Links);

/// <summary>What the sample scanner knows: a handful of advisories, enough to show the way of evidence, no substitute for a scanner.</summary>
internal sealed class AdvisoryBook(IEnumerable<Advisory> advisories)
{
    private readonly ILookup<string, Advisory> _byPackage = advisories.ToLookup(advisory => advisory.Package);

    public static AdvisoryBook Load()
    {
        using var stream = typeof(AdvisoryBook).Assembly.GetManifestResourceStream("advisories.json")
            ?? throw new InvalidOperationException("The advisories are missing from the assembly.");
        return new AdvisoryBook(JsonSerializer.Deserialize(stream, ScannerJson.Default.ListAdvisory) ?? []);
    }

    public IEnumerable<Advisory> For(InstalledPackage package) =>
        _byPackage[package.Name].Where(advisory => advisory.Affected.Contains(package.Version));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(List<Advisory>))]
internal sealed partial class ScannerJson : JsonSerializerContext;
