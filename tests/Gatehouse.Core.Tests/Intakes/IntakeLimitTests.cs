using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
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

    [Theory]
    [InlineData("FirstMessageDelay")]
    [InlineData("MaxDelay")]
    public void Options_DelayBeyondWhatAQueueTakes_IsRefused(string key)
    {
        var options = new IntakeOptions();
        typeof(IntakeOptions).GetProperty(key)!.SetValue(options, TimeSpan.FromDays(8));

        var result = new IntakeOptionsValidator().Validate(null, options);

        Assert.True(result.Failed);
        Assert.Contains($"{IntakeOptions.Section}:{key}", result.FailureMessage, StringComparison.Ordinal);
    }
}
