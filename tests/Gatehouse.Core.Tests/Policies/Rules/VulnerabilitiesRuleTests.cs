using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Rules;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Rules;

public class VulnerabilitiesRuleTests
{
    private static readonly RuleSet Medium = Ceiling("medium");

    [Theory]
    [InlineData("medium", Severity.Medium, RuleOutcome.Pass)]
    [InlineData("medium", Severity.High, RuleOutcome.Fail)]
    [InlineData("negligible", Severity.Negligible, RuleOutcome.Pass)]
    [InlineData("negligible", Severity.Low, RuleOutcome.Fail)]
    [InlineData("high", Severity.Critical, RuleOutcome.Fail)]
    [InlineData("critical", Severity.Critical, RuleOutcome.Pass)]
    [InlineData("negligible", Severity.Unknown, RuleOutcome.Fail)]
    [InlineData("high", Severity.Unknown, RuleOutcome.Fail)]
    [InlineData("critical", Severity.Unknown, RuleOutcome.Pass)]
    public void Judge_FindingAgainstCeiling_FailsAboveIt(string ceiling, Severity severity, RuleOutcome expected)
    {
        var judgement = Judge(Ceiling(ceiling), Evidences.Reported("trivy", Evidences.Finding("CVE-1", severity)));

        Assert.Equal(("vulnerabilities", expected, Texts.Contoso, 6), (judgement.Rule, judgement.Outcome, judgement.DecidedBy, judgement.Line));
    }

    [Fact]
    public void Judge_FindingsAbove_ReasonNamesTheWorstAndCounts()
    {
        var judgement = Judge(Medium, Evidences.Reported(
            "trivy",
            Evidences.Finding("CVE-2024-3", Severity.High),
            Evidences.Finding("CVE-2024-1", Severity.Critical),
            Evidences.Finding("CVE-2024-2", Severity.Critical),
            Evidences.Finding("CVE-2024-4", Severity.Low)));

        Assert.Equal("CVE-2024-1 in openssl 3.0 is critical; at most medium is allowed (trivy, 3 findings above).", judgement.Reason);
    }

    [Fact]
    public void Judge_OnlyUnratedFindings_ReasonSaysHowTheyCount() => Assert.Equal(
        "CVE-1 in openssl 3.0 has no known severity, which counts as above medium (trivy, 1 finding above).",
        Judge(Medium, Evidences.Reported("trivy", Evidences.Finding("CVE-1", Severity.Unknown))).Reason);

    [Fact]
    public void Judge_NoFindings_PassesWithTheScanner() =>
        Assert.Equal("No finding is above medium (0 findings from trivy).", Judge(Medium, Evidences.Reported("trivy")).Reason);

    [Theory]
    [InlineData(EvidenceState.Unknown, "trivy has not answered: timed out.")]
    [InlineData(EvidenceState.Absent, "trivy has no report: timed out.")]
    public void Judge_NoReport_UnknownWithTheReason(EvidenceState state, string reason)
    {
        var judgement = Judge(Medium, new ScanEvidence("trivy", state, null, "timed out", Evidences.Now));

        Assert.Equal((RuleOutcome.Unknown, 7, reason), (judgement.Outcome, judgement.Line, judgement.Reason));
    }

    [Fact]
    public void Judge_PresentWithoutReport_Unknown() =>
        Assert.Equal(RuleOutcome.Unknown, Judge(Medium, new ScanEvidence("trivy", EvidenceState.Present, null, null, Evidences.Now)).Outcome);

    [Fact]
    public void Judge_OneOfTwoScannersMissing_UnknownNamesIt()
    {
        var judgement = Judge(Texts.Rules("vulnerabilities: { maxSeverity: medium, scanners: [trivy, grype] }"), Evidences.Reported("trivy"));

        Assert.Equal((RuleOutcome.Unknown, "grype has not reported."), (judgement.Outcome, judgement.Reason));
    }

    [Fact]
    public void Judge_OneScannerMissingButAnotherFindsTooMuch_Fails() => Assert.Equal(
        RuleOutcome.Fail,
        Judge(Texts.Rules("vulnerabilities: { maxSeverity: medium, scanners: [trivy, grype] }"), Evidences.Reported("trivy", Evidences.Finding("CVE-1", Severity.High))).Outcome);

    [Fact]
    public void Judge_ReportOfAScannerNobodyAskedFor_CountsToo() => Assert.Equal(
        RuleOutcome.Fail,
        Judge(Medium, Evidences.Reported("trivy"), Evidences.Reported("pushed", Evidences.Finding("CVE-1", Severity.Critical))).Outcome);

    [Fact]
    public void Judge_NewerReportOfTheSameScanner_Replaces()
    {
        var old = Evidences.Reported("trivy", Evidences.Finding("CVE-1", Severity.Critical));
        var newer = Evidences.Reported("trivy") with { At = Evidences.Now.AddHours(1) };

        Assert.Equal(RuleOutcome.Pass, Judge(Medium, newer, old).Outcome);
    }

    [Fact]
    public void Judge_OneReportAPlatform_FindingsOfBothCount()
    {
        var candidate = Evidences.Candidate(platforms: [Evidences.Image("linux/amd64", 1), Evidences.Image("linux/arm64", 1)]);
        var scans = candidate.Platforms.Select((platform, index) => new ScanEvidence(
            "trivy",
            EvidenceState.Present,
            new ScanReport("trivy", null, "test", null, platform.Manifest.Digest, index == 0 ? [Evidences.Finding("CVE-1", Severity.Critical)] : []),
            null,
            Evidences.Now.AddMinutes(index)));

        Assert.Equal(RuleOutcome.Fail, new VulnerabilitiesRule().Judge(Medium, new EvidenceSet(candidate, [.. scans])).Outcome);
    }

    [Fact]
    public void Judge_ReportAboutAnotherImage_Unknown()
    {
        var other = Evidences.DigestOf("another image");
        var judgement = Judge(Medium, new ScanEvidence("trivy", EvidenceState.Present, new ScanReport("trivy", null, "test", null, other, []), null, Evidences.Now));

        Assert.Equal((RuleOutcome.Unknown, $"the report of trivy is about {other}, not about this image."), (judgement.Outcome, judgement.Reason));
    }

    [Fact]
    public void Judge_CeilingWithoutScanners_UnknownEvenWithAReport() =>
        Assert.Equal(RuleOutcome.Unknown, Judge(Texts.Rules("vulnerabilities: { maxSeverity: medium }"), Evidences.Reported("trivy")).Outcome);

    [Fact]
    public void Judge_ScannersWithoutCeiling_PassOnceReported()
    {
        var policy = Texts.Rules("vulnerabilities: { scanners: [trivy] }");

        Assert.Equal(RuleOutcome.Unknown, Judge(policy).Outcome);
        Assert.Equal(RuleOutcome.Pass, Judge(policy, Evidences.Reported("trivy", Evidences.Finding("CVE-1", Severity.Critical))).Outcome);
    }

    [Fact]
    public void Judge_NothingSaid_PassesWithoutReports() =>
        Assert.Equal(RuleOutcome.Pass, Judge(RuleSet.Empty).Outcome);

    private static RuleSet Ceiling(string severity) => Texts.Rules($"vulnerabilities:\n  maxSeverity: {severity}\n  scanners: [trivy]");

    private static RuleJudgement Judge(RuleSet policy, params ScanEvidence[] scans) => new VulnerabilitiesRule().Judge(policy, Evidences.With(scans));
}
