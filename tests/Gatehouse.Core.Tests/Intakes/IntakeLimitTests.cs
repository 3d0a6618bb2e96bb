using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>What others can make arbitrarily large must neither stop an intake nor those beside it.</summary>
public class IntakeLimitTests
{
    private static ImportProgress.Failed Full => new("imports-full", "4 imports are under way", Retryable: true, TimeSpan.FromSeconds(20), NotStarted: true, Waits: true);

    [Fact]
    public async Task Advance_UpstreamAsksForYears_LooksAgainWithinTheLongestDelay()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = _ => new Resolution.Unavailable("503", TimeSpan.FromDays(3650));
        var intake = await world.RequestAsync();

        world.Clock.Advance(world.Settings.FirstMessageDelay);
        await world.DeliverAsync();

        var waiting = await world.GetAsync(intake.Id);
        Assert.Equal(1, world.Upstream.Calls);
        Assert.Equal(world.Clock.GetUtcNow() + IntakeOptions.LongestDelay, waiting.WakeAt);
    }

    [Fact]
    public async Task Advance_MoreImportsThanOneBatchTakesEvents_ReleasesTheImage()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = image => new Resolution.Found(FakeUpstream.CandidateOf(image, referrers: RecordLimits.MaxBatchOperations));
        world.Registries.Lists(FakeUpstream.CandidateOf(IntakeWorld.Image, referrers: RecordLimits.MaxBatchOperations));
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        var released = await world.RunAsync(intake.Id, IntakeState.Released, IntakeState.Faulted);

        Assert.Equal(IntakeState.Released, released.State);
        var imports = IntakeWorld.Estate.Registries.Count * (RecordLimits.MaxBatchOperations + 1);
        Assert.Equal(imports, world.Registries.Copies);
        Assert.Equal(imports, world.EventsOf(intake.Id).Count(entry => entry.Type == LedgerEventTypes.ImportCompleted));
    }

    [Fact]
    public async Task Advance_CandidateLargerThanARow_FaultsAndSaysSo()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = image => new Resolution.Found(FakeUpstream.CandidateOf(image, referrers: 10_000));
        var intake = await world.RequestAsync();

        var faulted = await world.RunAsync(intake.Id, IntakeState.Faulted);

        Assert.Contains("bytes", faulted.Reason, StringComparison.Ordinal);
        Assert.Equal(IntakeState.Requested, faulted.FaultedFrom);
    }

    /// <summary>Our own limit is no fault of the image's, however long the others take; and nothing is asked twice for it.</summary>
    [Fact]
    public async Task Advance_NoPlaceForLongerThanTheDeadline_WaitsAndIsImportedWhenThereIsOne()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Settings.ImportDeadline = TimeSpan.FromMinutes(5);
        for (var i = 0; i < 100; i++)
        {
            world.Registries.StartScript.Enqueue(Full);
        }

        var awaiting = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(awaiting.Id, IntakeWorld.Adam, null, CancellationToken.None);
        var approved = world.Clock.GetUtcNow();
        var intake = await world.RunAsync(awaiting.Id, IntakeState.Released, IntakeState.Faulted);

        Assert.Equal(IntakeState.Released, intake.State);
        Assert.Empty(world.Registries.StartScript);
        Assert.True(world.Clock.GetUtcNow() - approved > TimeSpan.FromMinutes(5));
        Assert.All(intake.Imports, job => Assert.True(job.StartedAt - approved > TimeSpan.FromMinutes(1)));
    }

    /// <summary>Left until the other's turn comes, it would keep its place from those that wait for it.</summary>
    [Fact]
    public async Task Advance_OneRunsAndOneWaits_AsksAboutTheOneThatRunsInItsOwnTime()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.StartScript.Enqueue(new ImportProgress.Running("https://arm/own", null));
        world.Registries.StartScript.Enqueue(Full);
        var awaiting = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(awaiting.Id, IntakeWorld.Adam, null, CancellationToken.None);

        var intake = await world.RunAsync(awaiting.Id, IntakeState.Importing);

        Assert.Equal(("https://arm/own", null), (intake.Imports[0].Location, intake.Imports[1].Location));
        Assert.Equal(world.Clock.GetUtcNow() + world.Settings.PollDelay, intake.WakeAt);
    }

    [Theory]
    [InlineData("FirstMessageDelay")]
    [InlineData("MaxDelay")]
    public void Options_DelayBeyondWhatAQueueTakes_IsRefused(string key)
    {
        var options = new IntakeOptions();
        typeof(IntakeOptions).GetProperty(key)!.SetValue(options, TimeSpan.FromDays(8));

        var result = new IntakeOptionsValidator().Validate(null, options);

        Assert.True(result.Failed);
        Assert.Contains($"{IntakeOptions.Section}:{key} is 8.00:00:00;", result.FailureMessage, StringComparison.Ordinal);
    }
}
