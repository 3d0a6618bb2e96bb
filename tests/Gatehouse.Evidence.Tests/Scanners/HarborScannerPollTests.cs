using Gatehouse.Core.Evidence;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Evidence.Tests.Scanners;

public class HarborScannerPollTests
{
    private static readonly string Ticket = $"{ScannerRig.ManifestA}=1";
    private static readonly string TwoTickets = $"{ScannerRig.ManifestA}=first%2F1,{ScannerRig.ManifestB}=2";
    private static readonly (string, string) Type11 = ("Content-Type", "application/vnd.security.vulnerability.report; version=1.1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("15", 15)]
    [InlineData("0", 1)]
    [InlineData("86400", 600)]
    [InlineData("soon", null)]
    public async Task Poll_StillRunning_SaysWhenToLookAgain(string refreshAfter, int? seconds)
    {
        await using var rig = await ScannerRig.StartAsync(null, ScriptStep.Reply("GET", "/api/v1/scan/1/report", 302, ("Refresh-After", refreshAfter), ("Location", "/api/v1/scan/1/report")));

        var submitted = Assert.IsType<ScanProgress.Submitted>(await rig.Scanner.PollAsync(ScannerRig.Image(), Ticket, Cancel));

        Assert.Equal(Ticket, submitted.Ticket);
        Assert.Equal(seconds, (int?)submitted.RetryAfter?.TotalSeconds);
        Assert.Single(rig.Server.Requests);
    }

    [Fact]
    public async Task Poll_AllPlatformsReported_UnitesTheReportsOnTheCandidate()
    {
        await using var rig = await ScannerRig.StartAsync(
            null,
            ScriptStep.Get("/api/v1/scan/first%2F1/report", ScannerRig.Report(ScannerRig.ManifestA, "CVE-1", "CVE-2"), Type11),
            ScriptStep.Get("/api/v1/scan/2/report", ScannerRig.Report(ScannerRig.ManifestB, "CVE-2"), Type11));

        var report = Assert.IsType<ScanProgress.Reported>(await rig.Scanner.PollAsync(ScannerRig.Image(), TwoTickets, Cancel)).Report;

        Assert.Equal("trivy", report.Scanner);
        Assert.Equal("harbor-1.1", report.Format);
        Assert.Equal(ScannerRig.Index, report.Artifact);
        Assert.Equal(["CVE-1", "CVE-2"], report.Findings.Select(finding => finding.Id));
        Assert.Equal(new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero), report.GeneratedAt);
        Assert.Equal(
            "application/vnd.security.vulnerability.report; version=1.1, application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0",
            rig.Server.Requests[0].Header("Accept"));
    }

    [Fact]
    public async Task Poll_OnePlatformStillRunning_ReportsNothingYet()
    {
        await using var rig = await ScannerRig.StartAsync(
            null,
            ScriptStep.Get("/api/v1/scan/first%2F1/report", ScannerRig.Report(ScannerRig.ManifestA), Type11),
            ScriptStep.Reply("GET", "/api/v1/scan/2/report", 302, ("Refresh-After", "3")));

        Assert.IsType<ScanProgress.Submitted>(await rig.Scanner.PollAsync(ScannerRig.Image(), TwoTickets, Cancel));
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(500, true)]
    [InlineData(401, false)]
    [InlineData(429, false)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    public async Task Poll_NoReport_LosesTheTicketOnlyWhenTheScanIsGone(int status, bool lost)
    {
        await using var rig = await ScannerRig.StartAsync(null, ScriptStep.Reply("GET", "/api/v1/scan/1/report", status));

        var unavailable = Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.PollAsync(ScannerRig.Image(), Ticket, Cancel));

        Assert.Equal(lost, unavailable.TicketLost);
    }

    [Fact]
    public async Task Poll_ReportOnAnotherImage_IsNotTaken()
    {
        await using var rig = await ScannerRig.StartAsync(null, ScriptStep.Get("/api/v1/scan/1/report", ScannerRig.Report(ScannerRig.ManifestB), Type11));

        var unavailable = Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.PollAsync(ScannerRig.Image(), Ticket, Cancel));

        Assert.True(unavailable.TicketLost);
    }

    [Fact]
    public async Task Poll_UnreadableReport_IsNoReport()
    {
        await using var rig = await ScannerRig.StartAsync(null, ScriptStep.Get("/api/v1/scan/1/report", """{"severity":"Low"}""", Type11));

        var unavailable = Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.PollAsync(ScannerRig.Image(), Ticket, Cancel));

        Assert.Contains("$.vulnerabilities", unavailable.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("sha256:12=1")]
    [InlineData("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=")]
    public async Task Poll_TicketOfSomebodyElse_IsLost(string ticket)
    {
        await using var rig = await ScannerRig.StartAsync(null);

        Assert.True(Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.PollAsync(ScannerRig.Image(), ticket, Cancel)).TicketLost);
        Assert.Empty(rig.Server.Requests);
    }
}
