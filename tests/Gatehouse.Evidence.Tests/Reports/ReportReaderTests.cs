using System.Text;
using Gatehouse.Core.Results;
using Gatehouse.Evidence.Reports;

namespace Gatehouse.Evidence.Tests.Reports;

public class ReportReaderTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"bomFormat":"CycloneDX","vulnerabilities":[]}""")]
    public void Read_UnknownFormat_SaysWhichAreKnown(string json)
    {
        var error = TestReports.Read(json, "application/json").Error;

        Assert.Equal("report-format-unknown", error.Code);
        Assert.Equal(["trivy-json", "grype-json", "sarif-2.1.0", "harbor-1.1", "harbor-1.0"], error.Allowed);
        Assert.Contains("trivy-json, grype-json, sarif-2.1.0, harbor-1.1, harbor-1.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CycloneDxOfTrivy_IsNotMistakenForAReport() =>
        Assert.Equal("report-format-unknown", TestReports.Reader.Read(TestReports.Bytes("trivy/conda-cyclonedx.json"), null).Error.Code);

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{} {}")]
    public void Read_NotJson_IsRefused(string text) => Assert.Equal("report-malformed", TestReports.Read(text).Error.Code);

    [Fact]
    public void Read_TooDeep_IsRefused() =>
        Assert.Equal("report-malformed", TestReports.Read(new string('[', 65) + new string(']', 65)).Error.Code);

    [Fact]
    public void Read_NotUtf8_IsRefused() => Assert.Equal("report-malformed", TestReports.Reader.Read(new byte[] { 0x22, 0xff, 0x22 }, null).Error.Code);

    [Fact]
    public void Read_ByteOrderMark_IsPassedOver() =>
        Assert.True(TestReports.Read("\uFEFF{\"SchemaVersion\":2,\"ArtifactName\":\"x\"}").IsOk);

    [Fact]
    public async Task ReadAsync_TooLong_IsRefusedNotCut()
    {
        await using var endless = new MemoryStream(new byte[ReportReader.MaxBytes + 1]);

        var error = (await TestReports.Reader.ReadAsync(endless, null, null, TestContext.Current.CancellationToken)).Error;

        Assert.Equal(ErrorKind.TooLarge, error.Kind);
    }

    [Fact]
    public async Task ReadAsync_AStream_IsReadAsItsBytes()
    {
        await using var stream = new MemoryStream(TestReports.Bytes("trivy/npm.json"));

        var report = (await TestReports.Reader.ReadAsync(stream, null, "mine", TestContext.Current.CancellationToken)).Value;

        Assert.Equal("mine", report.Scanner);
        Assert.Single(report.Findings);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "report-too-long")]
    public void Read_MoreFindingsThanAllowed_IsRefusedNotCut(int beyond, string? code)
    {
        var json = new StringBuilder("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[""");
        for (var i = 0; i < ReportReader.MaxFindings + beyond; i++)
        {
            json.Append(i == 0 ? string.Empty : ",").Append("""{"VulnerabilityID":"CVE-1","PkgName":"a"}""");
        }

        var result = TestReports.Read(json.Append("]}]}").ToString());

        Assert.Equal(code, result.IsOk ? null : result.Error.Code);
    }
}
