using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Tests.Reports.Formats;

public class HarborFormatTests
{
    private const string Report =
        """
        {"generated_at":"2026-02-01T10:00:00.123456789Z",
         "artifact":{"repository":"library/alpine","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
         "scanner":{"name":"Trivy","vendor":"Aqua Security","version":"v0.50"},"severity":"High",
         "vulnerabilities":[
          {"id":"CVE-1","package":"openssl","version":"1.0","fix_version":"1.1","severity":"High","preferred_cvss":{"score_v3":7.5},"cwe_ids":["CWE-1"]},
          {"id":"CVE-2","package":"musl","version":"","fix_version":"","severity":"Negligible"}]}
        """;

    [Theory]
    [InlineData("application/vnd.security.vulnerability.report; version=1.1", "harbor-1.1")]
    [InlineData("application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0", "harbor-1.0")]
    [InlineData("Application/JSON", "harbor-1.1")]
    [InlineData(null, "harbor-1.1")]
    public void Read_Report_IsNamedAfterItsMediaType(string? contentType, string format)
    {
        var report = TestReports.Read(Report, contentType).Value;

        Assert.Equal(format, report.Format);
        Assert.Equal("trivy", report.Scanner);
        Assert.Equal("v0.50", report.ScannerVersion);
        Assert.Equal("sha256:" + new string('a', 64), report.Artifact.ToString());
        Assert.Equal(2026, report.GeneratedAt!.Value.Year);
        Assert.Equal(
            [new Finding("CVE-1", "openssl", "1.0", "1.1", Severity.High), new Finding("CVE-2", "musl", null, null, Severity.Negligible)],
            report.Findings);
    }

    [Fact]
    public void Read_NullVulnerabilities_FoundNothing() =>
        Assert.Empty(TestReports.Read("""{"scanner":{"name":"T"},"severity":"Unknown","vulnerabilities":null}""").Value.Findings);

    [Fact]
    public void Read_NoVulnerabilities_IsNotACleanReport()
    {
        var error = TestReports.Read("""{"scanner":{"name":"T"},"severity":"None"}""", "application/vnd.security.vulnerability.report; version=1.1").Error;

        Assert.Equal("$.vulnerabilities", error.Field);
    }

    [Fact]
    public void Read_WrappedByHarborsApi_IsUnwrapped()
    {
        var report = TestReports.Read($$"""{"application/vnd.security.vulnerability.report; version=1.1":{{Report}}}""", "application/json").Value;

        Assert.Equal(2, report.Findings.Count);
    }

    [Fact]
    public void Read_ScannerNamed_OverrulesTheReport() => Assert.Equal("trivy-eu", TestReports.Read(Report, null, "trivy-eu").Value.Scanner);

    [Fact]
    public void Read_ZeroTime_IsNoTime() =>
        Assert.Null(TestReports.Read("""{"generated_at":"0001-01-01T00:00:00Z","scanner":{},"severity":"Low","vulnerabilities":[]}""").Value.GeneratedAt);
}
