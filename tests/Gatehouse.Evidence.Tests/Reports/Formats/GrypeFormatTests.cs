using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Tests.Reports.Formats;

public class GrypeFormatTests
{
    [Fact]
    public void Read_Report_IsReadWhole()
    {
        var report = TestReports.Read(
            """
            {"matches":[{"vulnerability":{"id":"CVE-1","severity":"Critical","fix":{"versions":["2.0"],"state":"fixed"}},"artifact":{"name":"zlib","version":"1.0"}},
                        {"vulnerability":{"id":"CVE-2","severity":"Negligible","fix":{"versions":[],"state":"wont-fix"}},"artifact":{"name":"bash","version":"5"}}],
             "source":{"type":"image","target":{"manifestDigest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","repoDigests":[]}},
             "descriptor":{"name":"grype","version":"0.80.0","timestamp":"2026-02-01T10:00:00+01:00"}}
            """).Value;

        Assert.Equal("grype-json", report.Format);
        Assert.Equal("grype", report.Scanner);
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.Zero), report.GeneratedAt);
        Assert.Equal("sha256:" + new string('b', 64), report.Artifact.ToString());
        Assert.Equal(
            [new Finding("CVE-1", "zlib", "1.0", "2.0", Severity.Critical), new Finding("CVE-2", "bash", "5", null, Severity.Negligible)],
            report.Findings);
    }

    [Theory]
    [InlineData("""{"matches":null,"descriptor":{}}""", "$.matches")]
    [InlineData("""{"matches":[{"vulnerability":{"id":"CVE-1"}}],"descriptor":{}}""", "$.matches[0]")]
    public void Read_Nonsense_NamesItsPath(string json, string path) => Assert.Equal(path, TestReports.Read(json).Error.Field);
}
