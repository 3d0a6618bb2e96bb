using Gatehouse.Core.Images;

namespace Gatehouse.Core.Evidence;

/// <summary>Severities in rising order, as scanners report them. Source: Harbor pluggable scanner API 1.2.</summary>
public enum Severity
{
    Unknown,
    Negligible,
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>One vulnerability in one package.</summary>
/// <param name="Id">As the scanner names it, e.g. <c>CVE-2024-3094</c>.</param>
/// <param name="FixedVersion">Null when no fix is known.</param>
public sealed record Finding(string Id, string Package, string? Version, string? FixedVersion, Severity Severity);

/// <summary>What one scanner says of one image, whatever format it said it in.</summary>
/// <param name="Scanner">The name policy asks for it by.</param>
/// <param name="Format">The format it arrived in, e.g. <c>harbor-1.1</c>, <c>trivy-json</c>, <c>sarif-2.1.0</c>.</param>
/// <param name="GeneratedAt">Null when the report does not say (SARIF often does not).</param>
/// <param name="Artifact">The digest the report names; null when it names none.</param>
public sealed record ScanReport(
    string Scanner,
    string? ScannerVersion,
    string Format,
    DateTimeOffset? GeneratedAt,
    Digest? Artifact,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>Null when nothing was found.</summary>
    public Severity? Highest => Findings.Count == 0 ? null : Findings.Max(finding => finding.Severity);
}
