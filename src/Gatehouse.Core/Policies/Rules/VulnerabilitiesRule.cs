using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Policies.Composition;

namespace Gatehouse.Core.Policies.Rules;

/// <summary>
/// Every wanted scanner must have reported on this very image, and no filed report may hold a finding above the ceiling.
/// A finding without a known severity counts as above every ceiling but critical, which nothing is above.
/// </summary>
internal sealed class VulnerabilitiesRule : IPolicyRule
{
    public string Name => "vulnerabilities";

    public RuleJudgement Judge(RuleSet policy, EvidenceSet evidence)
    {
        if (policy.MaxSeverity is null && policy.Scanners.Count == 0)
        {
            return this.Silent("vulnerabilities");
        }

        var newest = Newest(evidence.Scans, scan => scan.Scanner).ToDictionary(scan => scan.Scanner);
        if (policy.MaxSeverity is { } max && FindAbove(max.Value, evidence) is { } above)
        {
            return this.Fail(max.Origin, above);
        }

        var open = policy.Scanners.Select(wanted => (wanted.Origin, Reason: WhyOpen(wanted.Value, newest, evidence.Candidate))).Where(wanted => wanted.Reason is not null).ToList();
        if (open.Count > 0)
        {
            return this.Unknown(open[0].Origin, string.Join("; ", open.Select(wanted => wanted.Reason)) + ".");
        }

        if (policy.Scanners.Count == 0)
        {
            return this.Unknown(policy.MaxSeverity!.Origin, "A ceiling is set, but no policy names a scanner; list one under rules.vulnerabilities.scanners.");
        }

        var names = string.Join(", ", policy.Scanners.Select(wanted => wanted.Value).Order());
        return policy.MaxSeverity is { } ceiling
            ? this.Pass(ceiling.Origin, $"No finding is above {Tightening.Word(ceiling.Value)} ({Count(policy, newest)} from {names}).")
            : this.Pass(policy.Scanners[0].Origin, $"{names} reported; no policy sets a ceiling.");
    }

    private static IEnumerable<ScanEvidence> Newest<TKey>(IEnumerable<ScanEvidence> scans, Func<ScanEvidence, TKey> key) => scans
        .GroupBy(key)
        .Select(same => same.Aggregate((best, scan) => scan.At >= best.At ? scan : best));

    private static string Count(RuleSet policy, Dictionary<string, ScanEvidence> newest)
    {
        var findings = policy.Scanners.Sum(wanted => newest[wanted.Value].Report!.Findings.Count);
        return findings == 1 ? "1 finding" : $"{findings} findings";
    }

    private static string? FindAbove(Severity max, EvidenceSet evidence)
    {
        // One scanner may report each platform by itself; a newer report replaces only one on the same digest.
        var reports = Newest(evidence.Scans.Where(scan => scan is { State: EvidenceState.Present, Report: not null }), scan => (scan.Scanner, scan.Report!.Artifact));
        var above = reports
            .Where(scan => IsAbout(scan.Report!, evidence.Candidate))
            .Select(scan => (scan.Scanner, Findings: scan.Report!.Findings.Where(finding => IsAbove(finding.Severity, max)).ToList()))
            .Where(scan => scan.Findings.Count > 0)
            .OrderBy(scan => scan.Scanner, StringComparer.Ordinal)
            .ToList();
        if (above.Count == 0)
        {
            return null;
        }

        var worst = above.SelectMany(scan => scan.Findings).OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Id, StringComparer.Ordinal).First();
        var severity = worst.Severity == Severity.Unknown ? "has no known severity, which counts as above" : $"is {Tightening.Word(worst.Severity)}; at most";
        var tail = worst.Severity == Severity.Unknown ? Tightening.Word(max) : Tightening.Word(max) + " is allowed";
        var counts = string.Join("; ", above.Select(scan => $"{scan.Scanner}, {scan.Findings.Count} {(scan.Findings.Count == 1 ? "finding" : "findings")} above"));
        return $"{worst.Id} in {worst.Package}{(worst.Version is null ? string.Empty : " " + worst.Version)} {severity} {tail} ({counts}).";
    }

    private static bool IsAbove(Severity severity, Severity max) => severity == Severity.Unknown ? max < Severity.Critical : severity > max;

    private static string? WhyOpen(string scanner, Dictionary<string, ScanEvidence> newest, Candidate candidate)
    {
        if (!newest.TryGetValue(scanner, out var scan))
        {
            return $"{scanner} has not reported";
        }

        return scan switch
        {
            { State: EvidenceState.Present, Report: { } report } when IsAbout(report, candidate) => null,
            { State: EvidenceState.Present, Report: { } report } => $"the report of {scanner} is about {report.Artifact}, not about this image",
            { State: EvidenceState.Absent } => $"{scanner} has no report: {scan.Reason ?? "it gave no reason"}",
            _ => $"{scanner} has not answered: {scan.Reason ?? "it gave no reason"}",
        };
    }

    private static bool IsAbout(ScanReport report, Candidate candidate) =>
        report.Artifact is not { } artifact || artifact == candidate.Digest || candidate.Platforms.Any(platform => platform.Manifest.Digest == artifact);
}
