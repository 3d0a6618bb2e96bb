using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;
using Xunit;

namespace Gatehouse.Core.Tests.Watches;

public sealed class WatchSweepTests
{
    private readonly WatchFixture _fixture = new();

    [Fact]
    public async Task Sweep_ExactTagMoves_RequestsOneIntakeAndRecordsTheMove()
    {
        _fixture.Push("3.20", "one");
        var watch = await _fixture.WatchAsync("alpine", "3.20");
        Assert.Equal(new SweepReport(1, 1, 0, 0, 0), await SweepAsync());

        _fixture.Push("3.20", "two");
        Assert.Equal(new SweepReport(1, 1, 1, 0, 1), await SweepAsync());
        Assert.Equal(new SweepReport(1, 1, 0, 0, 0), await SweepAsync());

        var request = Assert.Single(_fixture.Requests);
        Assert.Equal((IntakeCause.UpstreamUpdate, "system:watch", WatchFixture.Scope), (request.Cause, request.RequestedBy.Id, request.Scope));
        Assert.Equal(WatchFixture.Image("3.20", "two"), request.Image.ToString());
        var moved = Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.UpstreamMoved));
        Assert.Equal(($"watch:{watch.Id}", WatchFixture.DigestOf("one").ToString()), (moved.Subject, moved.Details["before"]));
    }

    [Fact]
    public async Task Sweep_NewTagUnderAPattern_IsAnIntakeOnlyAfterTheBaseline()
    {
        _fixture.Push("3.19", "a");
        _fixture.Push("edge", "b");
        await _fixture.WatchAsync("alpine", "3.*");
        await SweepAsync();
        Assert.Empty(_fixture.Intakes);

        _fixture.Push("3.20", "c");
        _fixture.Push("edge2", "d");
        await SweepAsync();

        Assert.Equal([WatchFixture.Image("3.20", "c")], _fixture.Intakes);
    }

    [Fact]
    public async Task Sweep_BaselineCutShortByA429_FloodsNothingLater()
    {
        for (var i = 0; i < 50; i++)
        {
            _fixture.Push($"3.{i}", $"content{i}");
        }

        _fixture.Upstream.Instead[$"{WatchFixture.Alpine}:3.10"] = new TagState.Unavailable("429", TimeSpan.FromMinutes(1));
        await _fixture.WatchAsync("alpine", "3.*");
        var report = await SweepAsync();
        Assert.InRange(report.Failed, 1, 50);

        _fixture.Upstream.Instead.Clear();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await SweepAsync();
        Assert.Empty(_fixture.Intakes);

        _fixture.Push("3.10", "moved");
        await SweepAsync();
        Assert.Equal([WatchFixture.Image("3.10", "moved")], _fixture.Intakes);
    }

    [Fact]
    public async Task Sweep_ExactTagThatWasAbsent_IsAnIntakeWhenItComes()
    {
        await _fixture.WatchAsync("alpine", "4.0");
        await SweepAsync();

        _fixture.Push("4.0", "new");
        await SweepAsync();

        Assert.Equal([WatchFixture.Image("4.0", "new")], _fixture.Intakes);
    }

    [Fact]
    public async Task Sweep_TagVanishesAndReturns_IsNothing()
    {
        _fixture.Push("3.20", "one");
        await _fixture.WatchAsync("alpine", "3.20");
        await SweepAsync();
        _fixture.Upstream.Tags.Clear();
        await SweepAsync();
        _fixture.Push("3.20", "one");
        await SweepAsync();

        Assert.Empty(_fixture.Intakes);
    }

    [Fact]
    public async Task Sweep_FiveHundredTags_CostsOneHeadEachAndNoWrite()
    {
        for (var i = 0; i < 400; i++)
        {
            _fixture.Push($"v{i}", $"a{i}", $"ghcr.io/org/app{i % 40}");
        }

        for (var i = 0; i < 100; i++)
        {
            _fixture.Push($"3.{i}", $"b{i}");
        }

        for (var app = 0; app < 40; app++)
        {
            await _fixture.WatchAsync($"ghcr.io/org/app{app}", [.. Enumerable.Range(0, 10).Select(i => $"v{app + (i * 40)}")]);
        }

        await _fixture.WatchAsync("alpine", "3.*");
        await SweepAsync();
        var commits = _fixture.Records.Commits;
        _fixture.Upstream.Heads.Clear();
        _fixture.Upstream.Lists.Clear();

        var report = await SweepAsync();

        Assert.Equal(new SweepReport(41, 500, 0, 0, 0), report);
        Assert.InRange((_fixture.Upstream.Heads.Count + _fixture.Upstream.Lists.Count) / 500.0, 1, 1.05);
        Assert.Equal(commits, _fixture.Records.Commits);
        Assert.InRange(_fixture.Upstream.Peak, 1, 2 * _fixture.Options.HostConcurrency);
    }

    [Fact]
    public async Task Sweep_FirstSight_IsWrittenInBatches()
    {
        for (var i = 0; i < 500; i++)
        {
            _fixture.Push($"3.{i}", $"b{i}");
        }

        await _fixture.WatchAsync("alpine", "3.*");
        var commits = _fixture.Records.Commits;
        await SweepAsync();

        Assert.Equal(5 + 1, _fixture.Records.Commits - commits);
    }

    [Fact]
    public async Task Sweep_TwoScopesWatchOneTag_ShareTheHeadAndEachGetAnIntake()
    {
        _fixture.Push("3.20", "one");
        await _fixture.WatchAsync("alpine", "3.20");
        await _fixture.Service.CreateAsync(Core.Scopes.Scope.Parse("contoso/plants").Value, "alpine", ["3.20"], WatchFixture.Person, WatchFixture.Token);
        await SweepAsync();
        _fixture.Push("3.20", "two");
        _fixture.Upstream.Heads.Clear();

        await SweepAsync();

        Assert.Single(_fixture.Upstream.Heads);
        Assert.Equal(2, _fixture.Intakes.Count);
    }

    [Fact]
    public async Task Sweep_Throttled_LeavesThatHostAloneAndGoesOnWithOthers()
    {
        for (var i = 0; i < 100; i++)
        {
            _fixture.Push($"v{i}", $"a{i}");
            _fixture.Upstream.Instead[$"{WatchFixture.Alpine}:v{i}"] = new TagState.Unavailable("429", TimeSpan.FromMinutes(10));
        }

        _fixture.Push("v1", "b", "quay.io/org/app");
        await _fixture.WatchAsync("alpine", [.. Enumerable.Range(0, 100).Select(i => $"v{i}")]);
        await _fixture.WatchAsync("quay.io/org/app", "v1");

        var report = await SweepAsync();

        Assert.InRange(_fixture.Upstream.Heads.Count(head => head.StartsWith("docker.io", StringComparison.Ordinal)), 1, _fixture.Options.HostConcurrency);
        Assert.Contains("quay.io/org/app:v1", _fixture.Upstream.Heads);
        Assert.Equal(100, report.Failed);

        _fixture.Upstream.Heads.Clear();
        await SweepAsync();
        Assert.Equal(["quay.io/org/app:v1"], _fixture.Upstream.Heads);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(11));
        await SweepAsync();
        Assert.Contains(_fixture.Upstream.Heads, head => head.StartsWith("docker.io", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sweep_ThrottledWithoutATime_StopsTheHostAtOnceAndOnlyForThisSweep()
    {
        _fixture.Upstream.ListingInstead = new TagListing.Unavailable("429", null, Throttled: true);
        await _fixture.WatchAsync("alpine", "3.*", "latest");
        await SweepAsync();
        Assert.Empty(_fixture.Upstream.Heads);

        await SweepAsync();
        Assert.Equal(2, _fixture.Upstream.Lists.Count);
    }

    [Fact]
    public async Task Sweep_HostDoesNotAnswer_IsLeftAloneAfterAFewTries()
    {
        for (var i = 0; i < 100; i++)
        {
            _fixture.Upstream.Instead[$"{WatchFixture.Alpine}:v{i}"] = new TagState.Unavailable("connection refused", null);
        }

        await _fixture.WatchAsync("alpine", [.. Enumerable.Range(0, 100).Select(i => $"v{i}")]);
        await SweepAsync();

        Assert.InRange(_fixture.Upstream.Heads.Count, _fixture.Options.FailuresToStopHost, _fixture.Options.FailuresToStopHost + _fixture.Options.HostConcurrency);
    }

    [Fact]
    public async Task Sweep_MoreTagsThanAllowed_FailsThatWatchVisibly()
    {
        var fixture = new WatchFixture(new WatchOptions { MaxTagsPerWatch = 5 });
        for (var i = 0; i < 6; i++)
        {
            fixture.Push($"v{i}", $"a{i}");
        }

        await fixture.WatchAsync("alpine", "v*");

        Assert.Equal(new SweepReport(1, 0, 0, 1, 0), await fixture.Service.SweepAsync(WatchFixture.Token));
        Assert.Empty(fixture.Upstream.Heads);
    }

    [Fact]
    public async Task Sweep_CrashAtEveryCommitOfAMove_IsRepairedByTheNextSweep()
    {
        for (var crashAt = 0; crashAt < 2; crashAt++)
        {
            var fixture = new WatchFixture();
            fixture.Push("3.20", "one");
            await fixture.WatchAsync("alpine", "3.20");
            await fixture.Service.SweepAsync(WatchFixture.Token);
            fixture.Push("3.20", "two");
            var commit = 0;
            fixture.Records.CrashBefore = _ => commit++ == crashAt;
            await Assert.ThrowsAsync<RecordStoreException>(() => fixture.Service.SweepAsync(WatchFixture.Token));

            await fixture.Create().SweepAsync(WatchFixture.Token);

            Assert.Equal([WatchFixture.Image("3.20", "two")], fixture.Intakes);
            Assert.Single(fixture.Inbox.OfType(LedgerEventTypes.UpstreamMoved));
            Assert.DoesNotContain(fixture.Records.Keys, key => key.Row.StartsWith("outbox~", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(ErrorKind.Unavailable, 2)]
    [InlineData(ErrorKind.NotFound, 2)]
    [InlineData(ErrorKind.Forbidden, 1)]
    public async Task Sweep_IntakeRefused_IsAskedAgainOnlyIfThatMayPass(ErrorKind kind, int requests)
    {
        _fixture.Push("3.20", "one");
        await _fixture.WatchAsync("alpine", "3.20");
        await SweepAsync();
        _fixture.Push("3.20", "two");
        _fixture.Refusal = new Error(kind, "refused", "No.");

        await SweepAsync();
        await SweepAsync();

        Assert.Equal(requests, _fixture.Requests.Count);
        Assert.Equal(requests == 1 ? ["refused"] : [], _fixture.Inbox.OfType(LedgerEventTypes.UpstreamMoved).Select(moved => moved.Details["outcome"]));
    }

    private Task<SweepReport> SweepAsync() => _fixture.Service.SweepAsync(WatchFixture.Token);
}
