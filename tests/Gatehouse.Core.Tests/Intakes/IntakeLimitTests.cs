using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>What others can make arbitrarily large must neither stop an intake nor those beside it.</summary>
public class IntakeLimitTests
{
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
