using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Tests.Reports.Formats;

public class TrivyFormatTests
{
    [Theory]
    [InlineData("alpine-39-high-critical.json", 2, Severity.Critical, "sha256:055936d3920576da37aa9bc460d70c5f212028bda1c08c0879aedf03d7a66ea1")]
    [InlineData("amazon-2.json", 2, Severity.Medium, "sha256:b94321659aca6a89cb7650a5b864bc8ec4bf62c620b8f1a01530c2e90a88c391")]
    [InlineData("debian-buster.json", 2, Severity.Critical, "sha256:c2c03a296d2329a4f3ab72a7bf38b78a8a80108204d326b0139d6af700e152d1")]
    [InlineData("debian-buster-ignore-unfixed.json", 1, Severity.Critical, "sha256:c2c03a296d2329a4f3ab72a7bf38b78a8a80108204d326b0139d6af700e152d1")]
    [InlineData("gomod-vex.json", 4, Severity.Unknown, null)]
    [InlineData("npm.json", 1, Severity.Medium, null)]
    [InlineData("ubi-7.json", 1, Severity.Low, "sha256:6fecccc91c83e11ae4fede6793e9410841221d4779520c2b9e9fb7f7b3830264")]
    public void Read_ReportOfTrivyItself_IsReadWhole(string file, int findings, Severity highest, string? artifact)
    {
        var report = TestReports.Reader.Read(TestReports.Bytes("trivy/" + file), "application/json").Value;

        Assert.Equal("trivy-json", report.Format);
        Assert.Equal("trivy", report.Scanner);
        Assert.Equal("dev", report.ScannerVersion);
        Assert.Equal(findings, report.Findings.Count);
        Assert.Equal(highest, report.Highest);
        Assert.Equal(artifact, report.Artifact?.ToString());
        Assert.Equal(new DateTimeOffset(2021, 8, 25, 12, 20, 30, TimeSpan.Zero), report.GeneratedAt);
    }

    [Fact]
    public void Read_Findings_CarryPackageVersionAndFix()
    {
        var report = TestReports.Reader.Read(TestReports.Bytes("trivy/debian-buster.json"), null).Value;

        Assert.Equal(
            [
                new Finding("CVE-2019-18276", "bash", "5.0-4", null, Severity.Low),
                new Finding("CVE-2019-18224", "libidn2-0", "2.0.5-1", "2.0.5-1+deb10u1", Severity.Critical),
            ],
            report.Findings);
    }

    [Fact]
    public void Read_ImagePulledByDigest_IsAboutTheManifestNotTheConfiguration()
    {
        var manifest = "sha256:" + new string('a', 64);
        var report = TestReports.Read(
            $$$"""{"SchemaVersion":2,"ArtifactName":"x","Metadata":{"RepoDigests":["ghcr.io/a/b@{{{manifest}}}"],"ImageID":"sha256:{{{new string('b', 64)}}}"}}""").Value;

        Assert.Equal(manifest, report.Artifact.ToString());
        Assert.Empty(report.Findings);
    }

    [Theory]
    [InlineData("""{"SchemaVersion":1,"ArtifactName":"x"}""", "$.SchemaVersion")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":{}}""", "$.Results")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{},{"Vulnerabilities":["CVE"]}]}""", "$.Results[1].Vulnerabilities[0]")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[{"PkgName":"a"}]}]}""", "$.Results[0].Vulnerabilities[0].VulnerabilityID")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":7.5e3,"Severity":[]}]}]}""", "$.Results[0].Vulnerabilities[0].Severity")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","CreatedAt":"yesterday"}""", "$.CreatedAt")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Metadata":{"ImageID":"sha256:12"}}""", "$.Metadata.ImageID")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[{"VulnerabilityID":"\ud800","PkgName":"a"}]}]}""", "$.Results[0].Vulnerabilities[0].VulnerabilityID")]
    public void Read_Nonsense_NamesItsPath(string json, string path)
    {
        var error = TestReports.Read(json).Error;

        Assert.Equal("report-malformed", error.Code);
        Assert.Equal(path, error.Field);
        Assert.StartsWith(path + " ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WEIRD")]
    [InlineData("")]
    public void Read_SeverityNobodyKnows_IsUnknown(string word)
    {
        var report = TestReports.Read(
            $$"""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"a","Severity":"{{word}}"}]}]}""").Value;

        Assert.Equal(Severity.Unknown, report.Findings.Single().Severity);
    }
}
