using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Tests.Reports.Formats;

public class SarifFormatTests
{
    private const string GrypeHelp =
        "Vulnerability CVE-2021-1\\nSeverity: high\\nPackage: zlib\\nVersion: 1.2.11\\nFix Version: 1.2.12\\nType: apk\\nLocation: /lib/apk/db/installed";

    [Fact]
    public void Read_SarifOfTrivy_FindsPackagesVersionsAndFixes()
    {
        var report = TestReports.Reader.Read(TestReports.Bytes("trivy/alpine-310.sarif"), "application/sarif+json").Value;

        Assert.Equal("sarif-2.1.0", report.Format);
        Assert.Equal("trivy", report.Scanner);
        Assert.Null(report.GeneratedAt);
        Assert.Equal("sha256:961769676411f082461f9ef46626dd7a2d1e2b2a38e6a44364bcbecf51e66dd4", report.Artifact.ToString());
        Assert.Equal(
            [
                new Finding("CVE-2019-1549", "libcrypto1.1", "1.1.1c-r0", "1.1.1d-r0", Severity.Medium),
                new Finding("CVE-2019-1551", "libcrypto1.1", "1.1.1c-r0", "1.1.1d-r2", Severity.Medium),
                new Finding("CVE-2019-1549", "libssl1.1", "1.1.1c-r0", "1.1.1d-r0", Severity.Medium),
                new Finding("CVE-2019-1551", "libssl1.1", "1.1.1c-r0", "1.1.1d-r2", Severity.Medium),
            ],
            report.Findings);
    }

    [Theory]
    [InlineData("A high vulnerability in apk package: zlib, version 1.2.11 was found in image x at: /lib/apk/db/installed")]
    [InlineData("The path /lib/apk/db/installed reports zlib at version 1.2.11  which is a vulnerable (apk) package installed in the container")]
    [InlineData("something else")]
    public void Read_SarifOfGrype_TakesThePackageOffTheRuleId(string message)
    {
        var report = TestReports.Read(Run(
            $$$"""{"id":"CVE-2021-1-zlib","help":{"text":"{{{GrypeHelp}}}"},"properties":{"security-severity":"7.5"}}""",
            $$$"""{"ruleId":"CVE-2021-1-zlib","message":{"text":"{{{message}}}"}}""")).Value;

        Assert.Equal([new Finding("CVE-2021-1", "zlib", "1.2.11", "1.2.12", Severity.High)], report.Findings);
    }

    [Theory]
    [InlineData("""{"security-severity":"9.0","tags":["LOW"]}""", "note", Severity.Critical)]
    [InlineData("""{"security-severity":9.8}""", "note", Severity.Critical)]
    [InlineData("""{"security-severity":"7.0"}""", "none", Severity.High)]
    [InlineData("""{"security-severity":"6.9"}""", "error", Severity.Medium)]
    [InlineData("""{"security-severity":"0.1"}""", "error", Severity.Low)]
    [InlineData("""{"security-severity":"0.0","tags":["vulnerability","CRITICAL"]}""", "note", Severity.Critical)]
    [InlineData("""{"security-severity":"11","tags":["UNKNOWN"]}""", "note", Severity.Unknown)]
    [InlineData("""{"tags":["security","HIGH","LOW"]}""", "note", Severity.High)]
    [InlineData("""{"tags":["security"]}""", "error", Severity.High)]
    [InlineData("{}", "warning", Severity.Medium)]
    [InlineData("{}", "note", Severity.Low)]
    [InlineData("{}", "none", Severity.Unknown)]
    [InlineData("{}", "odd", Severity.Unknown)]
    public void Read_Severity_IsTheScoreElseTheWordElseTheLevel(string properties, string level, Severity expected)
    {
        var report = TestReports.Read(Run(
            $$"""{"id":"R1","properties":{{properties}}}""",
            $$$"""{"ruleIndex":0,"level":"{{{level}}}","message":{"text":"m"}}""")).Value;

        Assert.Equal(expected, report.Findings.Single().Severity);
    }

    [Theory]
    [InlineData("""{"ruleId":"R1","kind":"pass"}""", 0)]
    [InlineData("""{"ruleId":"R1","kind":"notApplicable"}""", 0)]
    [InlineData("""{"ruleId":"R1","baselineState":"absent"}""", 0)]
    [InlineData("""{"ruleId":"R1","suppressions":[{"kind":"external","status":"accepted"}]}""", 1)]
    [InlineData("""{"ruleId":"R1","kind":"fail"}""", 1)]
    public void Read_Results_CountUnlessTheToolSaysThereIsNoProblem(string result, int findings) =>
        Assert.Equal(findings, TestReports.Read(Run("""{"id":"R1"}""", result)).Value.Findings.Count);

    [Theory]
    [InlineData("""{"version":"2.0.0","runs":[]}""", "$.version")]
    [InlineData("""{"version":"2.1.0","runs":[]}""", "$.runs")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}}}]}""", "$.runs[0].results")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":null}]}""", "$.runs[0].results")]
    [InlineData("""{"version":"2.1.0","runs":[{"results":[],"invocations":[{"executionSuccessful":false}]}]}""", "$.runs[0].invocations[0].executionSuccessful")]
    [InlineData("""{"version":"2.1.0","runs":[{"results":[{"message":{"text":"x"}}]}]}""", "$.runs[0].results[0].ruleId")]
    public void Read_WithoutAScan_IsNotACleanReport(string json, string path) => Assert.Equal(path, TestReports.Read(json).Error.Field);

    [Fact]
    public void Read_SeveralRuns_AreOneReportAsOldAsTheOldest()
    {
        var report = TestReports.Read(
            """
            {"version":"2.1.0","runs":[
              {"tool":{"driver":{"name":"My Tool","semanticVersion":"1.2.3"}},"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-02-02T00:00:00Z"}],"results":[{"ruleId":"A"}]},
              {"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-02-01T00:00:00Z"}],"results":[{"ruleId":"B","locations":[{"physicalLocation":{"artifactLocation":{"uri":"lib/x.so"}}}]}]}]}
            """).Value;

        Assert.Equal("my-tool", report.Scanner);
        Assert.Equal("1.2.3", report.ScannerVersion);
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), report.GeneratedAt);
        Assert.Equal(["A", "B"], report.Findings.Select(finding => finding.Id));
        Assert.Equal(["unnamed", "lib/x.so"], report.Findings.Select(finding => finding.Package));
    }

    private static string Run(string rule, string result) =>
        $$$"""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Tool","rules":[{{{rule}}}]}},"results":[{{{result}}}]}]}""";
}
