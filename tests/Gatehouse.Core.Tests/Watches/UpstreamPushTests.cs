using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Ledger;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Watches;

public sealed class UpstreamPushTests
{
    private readonly WatchFixture _fixture = new();

    [Fact]
    public async Task Pushed_CoveredTag_RequestsOneIntakeHoweverOftenItIsTold()
    {
        await WatchAsync();
        _fixture.Push("3.20", "two");
        _fixture.Upstream.Heads.Clear();

        Assert.Equal(1, await _fixture.TellAsync("e1", "3.20", "two"));
        Assert.Equal(0, await _fixture.TellAsync("e1", "3.20", "two"));
        Assert.Equal(0, await _fixture.TellAsync("e2", "3.20", "two"));

        // Once known, an event that names the digest costs no request.
        Assert.Single(_fixture.Upstream.Heads);
        Assert.Equal([WatchFixture.Image("3.20", "two")], _fixture.Intakes);
    }

    [Fact]
    public async Task Pushed_WithoutDigest_BelievesTheUpstream()
    {
        await WatchAsync();
        _fixture.Push("3.20", "two");

        Assert.Equal(1, await _fixture.TellAsync("e1", "3.20"));
        Assert.Equal([WatchFixture.Image("3.20", "two")], _fixture.Intakes);
    }

    [Theory]
    [InlineData("3.20", "forged", WatchFixture.Alpine)]
    [InlineData("edge", "two", WatchFixture.Alpine)]
    [InlineData("3.20", "two", "docker.io/library/alpine2")]
    public async Task Pushed_NotWhatTheUpstreamSaysOrNotWatched_IsNothing(string tag, string content, string repository)
    {
        await WatchAsync();
        _fixture.Push("edge", "two");
        _fixture.Push("3.20", "two", "docker.io/library/alpine2");

        Assert.Equal(0, await _fixture.TellAsync("e1", tag, content, repository));
        Assert.Empty(_fixture.Intakes);
    }

    [Fact]
    public async Task Pushed_NewTagUnderAPattern_NeedsTheBaseline()
    {
        await _fixture.WatchAsync("alpine", "3.*");
        _fixture.Push("3.20", "one");
        Assert.Equal(0, await _fixture.TellAsync("e1", "3.20", "one"));

        await _fixture.Service.SweepAsync(WatchFixture.Token);
        _fixture.Push("3.21", "two");

        Assert.Equal(1, await _fixture.TellAsync("e2", "3.21", "two"));
        Assert.Equal([WatchFixture.Image("3.21", "two")], _fixture.Intakes);
    }

    [Fact]
    public async Task Pushed_ManyAtOnce_MakeOneIntakeAndOneEvent()
    {
        await WatchAsync();
        _fixture.Push("3.20", "two");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => _fixture.TellAsync($"e{i}", "3.20", "two"))));

        Assert.Single(_fixture.Intakes);
        Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.UpstreamMoved));
    }

    /// <summary>
    /// The upstream moves tags in one order; events of it are told late, twice, out of order, and sweeps come in between.
    /// Whatever the order, after the last sweep exactly the final digests have their intakes.
    /// </summary>
    [Fact]
    public void Pushed_AnyOrderOfEventsAndSweeps_LeavesTheSameIntakes() => Prop.ForAll(
        Gen.Choose(0, 9).ListOf().ToArbitrary(),
        told =>
        {
            int[][] orders = [[.. told], [.. Enumerable.Reverse(told)], [.. told, .. told], []];
            var outcomes = orders.Select(order => RunAsync(order).GetAwaiter().GetResult()).Distinct();
            return outcomes.Single() == string.Join(' ', Expected);
        }).Check(PropertyRuns.Of());

    /// <summary>Moves come between the events, so intermediate digests may or may not be seen; each is requested at most once, and the last always.</summary>
    [Fact]
    public void Pushed_WhileTheUpstreamMoves_RequestsEachDigestAtMostOnceAndTheLastAlways() => Prop.ForAll(
        Gen.Choose(0, 11).ListOf().ToArbitrary(),
        steps => MovesAsync([.. steps]).GetAwaiter().GetResult()).Check(PropertyRuns.Of());

    private static string[] Expected => [WatchFixture.Image("3.20", "three"), WatchFixture.Image("3.22", "new")];

    private static async Task<string> RunAsync(int[] told)
    {
        var fixture = new WatchFixture();
        fixture.Push("3.20", "one");
        fixture.Push("3.21", "same");
        await fixture.WatchAsync("alpine", "3.*");
        await fixture.Service.SweepAsync(WatchFixture.Token);
        fixture.Push("3.20", "three");
        fixture.Push("3.22", "new");
        foreach (var step in told)
        {
            _ = step switch
            {
                0 => (await fixture.Service.SweepAsync(WatchFixture.Token)).Intakes,
                1 or 2 => await fixture.TellAsync("late", "3.20", "two"),
                3 or 4 => await fixture.TellAsync("last", "3.20", "three"),
                5 => await fixture.TellAsync("first", "3.20", "one"),
                6 => await fixture.TellAsync("same", "3.21", "same"),
                7 => await fixture.TellAsync("bare", "3.20"),
                _ => await fixture.TellAsync("new", "3.22", "new"),
            };
        }

        await fixture.Service.SweepAsync(WatchFixture.Token);
        Assert.Equal(fixture.Intakes.Count, fixture.Inbox.OfType(LedgerEventTypes.UpstreamMoved).Count);
        return string.Join(' ', fixture.Intakes);
    }

    private static async Task<bool> MovesAsync(int[] steps)
    {
        var fixture = new WatchFixture();
        var version = 0;
        fixture.Push("3.20", "v0");
        await fixture.WatchAsync("alpine", "3.20");
        await fixture.Service.SweepAsync(WatchFixture.Token);
        foreach (var step in steps)
        {
            if (step < 4)
            {
                fixture.Push("3.20", $"v{++version}");
            }
            else if (step < 6)
            {
                await fixture.Service.SweepAsync(WatchFixture.Token);
            }
            else
            {
                await fixture.TellAsync($"e{step}", "3.20", $"v{Math.Max(0, version + 6 - step)}");
            }
        }

        await fixture.Service.SweepAsync(WatchFixture.Token);
        var baseline = version == 0 && fixture.Intakes.Count == 0;
        return fixture.Intakes.Distinct().Count() == fixture.Intakes.Count
            && (baseline || fixture.Intakes.Contains(WatchFixture.Image("3.20", $"v{version}")));
    }

    private async Task WatchAsync()
    {
        _fixture.Push("3.20", "one");
        await _fixture.WatchAsync("alpine", "3.20");
        await _fixture.Service.SweepAsync(WatchFixture.Token);
    }
}
