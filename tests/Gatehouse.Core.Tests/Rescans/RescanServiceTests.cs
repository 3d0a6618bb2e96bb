using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Intakes.Steps;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Rescans;
using Gatehouse.Core.Tests.Intakes;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Rescans;

public class RescanServiceTests
{
    private static readonly RescanReport Nothing = new(1, 0, 0, 0);

    [Fact]
    public async Task Run_FreshRelease_IsLeftAloneUntilItsScanIsOld()
    {
        await using var world = await IntakeWorld.CreateAsync();
        await ReleaseAsync(world);

        Assert.Equal(Nothing, await world.Rescans.RunAsync(CancellationToken.None));
        world.Clock.Advance(TimeSpan.FromHours(25));

        Assert.Equal(new RescanReport(1, 1, 0, 0), await world.Rescans.RunAsync(CancellationToken.None));
        Assert.Equal(new RescanReport(1, 0, 1, 0), await world.Rescans.RunAsync(CancellationToken.None));
        Assert.Equal(Nothing, await world.Rescans.RunAsync(CancellationToken.None));
        Assert.Empty(Findings(world));
    }

    [Fact]
    public async Task Run_NewCriticalFinding_IsRecordedOnceUntilTheReasonsChange()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await ReleaseAsync(world);
        world.Scanner.Worst = Severity.Critical;

        for (var day = 0; day < 3; day++)
        {
            world.Clock.Advance(TimeSpan.FromHours(25));
            await world.Rescans.RunAsync(CancellationToken.None);
            Assert.Equal(1, (await world.Rescans.RunAsync(CancellationToken.None)).Failing);
        }

        var finding = Assert.Single(Findings(world));
        Assert.Equal("intake:" + intake.Id, finding.Subject);
        Assert.Contains("vulnerabilities", finding.Details["failures"], StringComparison.Ordinal);
        Assert.Equal(intake.Candidate!.Digest.ToString(), finding.Details["digest"]);
    }

    [Fact]
    public async Task Run_ScannerThatDoesNotAnswer_IsAskedAgainAndNothingIsJudged()
    {
        await using var world = await IntakeWorld.CreateAsync();
        await ReleaseAsync(world);
        world.Clock.Advance(TimeSpan.FromHours(25));
        world.Scanner.Script.Enqueue(new ScanProgress.Unavailable("down", null));

        Assert.Equal(new RescanReport(1, 1, 0, 0), await world.Rescans.RunAsync(CancellationToken.None));
        Assert.Equal(new RescanReport(1, 0, 0, 0), await world.Rescans.RunAsync(CancellationToken.None));
        Assert.Equal(new RescanReport(1, 0, 1, 0), await world.Rescans.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Run_PolicyTightenedSince_IsFoundWithoutANewReport()
    {
        await using var world = await IntakeWorld.CreateAsync();
        await ReleaseAsync(world);
        world.Policy.ForbiddenRepository = IntakeWorld.Image.Repository;
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.Rescans.RunAsync(CancellationToken.None);
        await world.Rescans.RunAsync(CancellationToken.None);

        Assert.Contains("sources", Assert.Single(Findings(world)).Details["failures"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DyingBeforeAnyOneOperation_RecordsTheFindingOnce()
    {
        for (var crashAt = 1; crashAt <= 12; crashAt++)
        {
            await using var world = await IntakeWorld.CreateAsync();
            await ReleaseAsync(world);
            world.Scanner.Worst = Severity.Critical;
            world.Clock.Advance(TimeSpan.FromHours(25));
            world.Crash.At(crashAt);
            for (var i = 0; i < 4; i++)
            {
                try
                {
                    await world.Rescans.RunAsync(CancellationToken.None);
                }
                catch (RecordStoreException)
                {
                    // The next timer comes.
                }
            }

            Assert.Single(Findings(world));
        }
    }

    [Fact]
    public async Task Round_ScannerNoLongerConfigured_GivesUpItsTicket()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await ReleaseAsync(world);
        var without = new ScanRound([], world.Clock);
        var scanning = intake with { Scans = [new ScanJob("trivy", "ticket-1", Settled: false, "scanning")] };

        var job = Assert.Single((await without.RunAsync(scanning, CancellationToken.None)).Jobs);

        // What a rescan takes for a scanner whose reports are pushed, and does not wait for.
        Assert.Equal(new ScanJob("trivy", null, Settled: false, ScanRound.WaitingForPush), job);
    }

    private static async Task<Intake> ReleaseAsync(IntakeWorld world)
    {
        ReleasedImage? added = null;
        world.Released.Setup(store => store.AddAsync(It.IsAny<ReleasedImage>(), It.IsAny<CancellationToken>()))
            .Callback((ReleasedImage image, CancellationToken _) => added = image);
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        var released = await world.RunAsync(intake.Id, IntakeState.Released);
        world.Released.Setup(store => store.ListRepositoriesAsync(It.IsAny<CancellationToken>())).Returns(() => Of(added!.Repository));
        world.Released.Setup(store => store.ListAsync(added!.Repository, It.IsAny<CancellationToken>())).Returns(() => Of(added!));
        return released;
    }

    private static IEnumerable<LedgerEvent> Findings(IntakeWorld world) =>
        world.Inbox.Events.Values.Where(entry => entry.Type == LedgerEventTypes.ImageFinding);

    private static async IAsyncEnumerable<T> Of<T>(T item)
    {
        await Task.CompletedTask;
        yield return item;
    }
}
