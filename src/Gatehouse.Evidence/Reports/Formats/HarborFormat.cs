using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Reports.Formats;

/// <summary>The vulnerability report of the pluggable scanner API, in its two versions, which share one layout. Source: goharbor/pluggable-scanner-spec 1.2.</summary>
internal sealed class HarborFormat : IReportFormat
{
    private readonly bool _isDefault;

    private HarborFormat(string name, string mediaType, bool isDefault) => (Name, MediaType, _isDefault) = (name, mediaType, isDefault);

    public static HarborFormat Version11 { get; } = new("harbor-1.1", "application/vnd.security.vulnerability.report", isDefault: true);

    public static HarborFormat Version10 { get; } = new("harbor-1.0", "application/vnd.scanner.adapter.vuln.report.harbor+json", isDefault: false);

    public string Name { get; }

    public string MediaType { get; }

    /// <summary>As it is written in Accept.</summary>
    public string FullMediaType => $"{MediaType}; version={Name[^3..]}";

    public bool Recognises(ReportNode document) =>
        document.Has(FullMediaType) || (_isDefault && document.Has("vulnerabilities") && document.Has("scanner") && document.Has("severity"));

    public ScanReport? Read(ReportNode document, string? scanner)
    {
        // Harbor's own API wraps the report in an object whose one key is the media type.
        var report = document.Object(FullMediaType) ?? document;
        if (!report.Has("vulnerabilities"))
        {
            report.Source.Complain(report.Path.Child("vulnerabilities"), "must be a list, or null when nothing was found; it is absent");
            return null;
        }

        var findings = report.Objects("vulnerabilities")
            .TakeWhile(vulnerability => vulnerability.Source.CountFinding(vulnerability.Path))
            .Select(ReadFinding)
            .ToList();
        var tool = report.Object("scanner");
        return new ScanReport(
            scanner ?? ScannerNames.Of(tool?.Text("name"), "harbor"),
            tool?.Text("version"),
            Name,
            report.Time("generated_at"),
            report.Object("artifact")?.Digest("digest"),
            findings);
    }

    private static Finding ReadFinding(ReportNode vulnerability) => new(
        vulnerability.RequiredText("id"),
        vulnerability.RequiredText("package"),
        vulnerability.Text("version"),
        vulnerability.Text("fix_version"),
        Severities.Of(vulnerability.Text("severity")));
}
