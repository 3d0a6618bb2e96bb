using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;

namespace Gatehouse.Evidence.Reports.Formats;

/// <summary>Trivy's own JSON, schema 2. Source: aquasecurity/trivy pkg/types/report.go.</summary>
internal sealed class TrivyFormat : IReportFormat
{
    private const string SchemaVersion = "2";

    public string Name => "trivy-json";

    public string? MediaType => null;

    public bool Recognises(ReportNode document) => document.Has("SchemaVersion") && document.Has("ArtifactName");

    public ScanReport? Read(ReportNode document, string? scanner)
    {
        if (document.Text("SchemaVersion") is var version && version != SchemaVersion)
        {
            document.Source.Complain(document.Path.Child("SchemaVersion"), $"must be {SchemaVersion}, not {version ?? "absent"}");
            return null;
        }

        var findings = document.Objects("Results")
            .SelectMany(result => result.Objects("Vulnerabilities"))
            .TakeWhile(vulnerability => vulnerability.Source.CountFinding(vulnerability.Path))
            .Select(ReadFinding)
            .ToList();
        return new ScanReport(
            scanner ?? "trivy",
            document.Object("Trivy")?.Text("Version"),
            Name,
            document.Time("CreatedAt"),
            Artifact(document.Object("Metadata")),
            findings);
    }

    private static Finding ReadFinding(ReportNode vulnerability) => new(
        vulnerability.RequiredText("VulnerabilityID"),
        vulnerability.RequiredText("PkgName"),
        vulnerability.Text("InstalledVersion"),
        vulnerability.Text("FixedVersion"),
        Severities.Of(vulnerability.Text("Severity")));

    /// <summary>The manifest it was pulled by; an archive has none, and is known by its configuration's digest.</summary>
    private static Digest? Artifact(ReportNode? metadata) => metadata?.FirstDigest("RepoDigests") ?? metadata?.Digest("ImageID");
}
