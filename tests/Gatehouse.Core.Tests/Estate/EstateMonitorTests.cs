using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class EstateMonitorTests
{
    private readonly EstateFixture _fixture = new();

    [Fact]
    public async Task Status_NeverSeen_IsUnknownForEveryReplica()
    {
        var statuses = await _fixture.Monitor.GetStatusAsync(EstateFixture.Token);

        Assert.Equal(3, statuses.Count);
        Assert.All(statuses, status => Assert.Equal((ReplicaHealth.Unknown, null), (status.Health, status.LastSeen)));
    }

    [Fact]
    public async Task Observe_ServedWithLag_KeepsTheLag()
    {
        await ObserveAsync(new ReplicaAnswer(Presence.Served), 4200);
        await ObserveAsync(new ReplicaAnswer(Presence.Served), null);

        var status = await _fixture.StatusAsync(EstateFixture.West);
        Assert.Equal((ReplicaHealth.Healthy, 4200L), (status.Health, status.LastLagMs));
    }

    [Fact]
    public async Task Observe_MissingManifest_IsAnAnswer()
    {
        await ObserveAsync(new ReplicaAnswer(Presence.Missing), null);

        Assert.Equal((ReplicaHealth.Healthy, 0), ((await _fixture.StatusAsync(EstateFixture.West)).Health, (await _fixture.StatusAsync(EstateFixture.West)).Missing));
    }

    [Fact]
    public async Task Observe_NothingNew_IsNotWrittenAgain()
    {
        await ObserveAsync(new ReplicaAnswer(Presence.Served), null);
        await ObserveAsync(new ReplicaAnswer(Presence.Served), null);
        var commits = _fixture.Records.Commits;

        for (var i = 0; i < 50; i++)
        {
            await ObserveAsync(new ReplicaAnswer(Presence.Served), null);
        }

        Assert.Equal(commits, _fixture.Records.Commits);
    }

    [Fact]
    public async Task Observe_AfterSilence_RecordsTheSilenceFirst()
    {
        await ObserveAsync(new ReplicaAnswer(Presence.Served), null);
        _fixture.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(ReplicaHealth.Unknown, (await _fixture.StatusAsync(EstateFixture.West)).Health);

        await ObserveAsync(new ReplicaAnswer(Presence.Served), null);

        Assert.Equal(
            ["Unknown>Healthy", "Healthy>Unknown", "Unknown>Healthy"],
            _fixture.Inbox.Events.Select(change => $"{change.Details["before"]}>{change.Details["after"]}"));
    }

    [Fact]
    public async Task Observe_ManyAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
            () => _fixture.Monitor.ObserveAsync(_fixture.Replica(EstateFixture.West), new ReplicaAnswer(Presence.Unknown), null, EstateFixture.Token))));

        Assert.Equal(ReplicaHealth.Unavailable, (await _fixture.StatusAsync(EstateFixture.West)).Health);
    }

    [Theory]
    [InlineData("contosohub.azurecr.io")]
    [InlineData("ContosoHub.NorthEurope.geo.azurecr.io")]
    public async Task Pushed_Released_CountsAsServedByThatRegion(string host)
    {
        var image = _fixture.Image("index", ["v1"], manifests: "amd64");
        await _fixture.ReleaseAsync(image);

        await _fixture.Monitor.OnPushedAsync("e1", host, EstateFixture.Repository, null, EstateFixture.DigestOf("amd64"), "northeurope", EstateFixture.Token);

        Assert.Equal(ReplicaHealth.Healthy, (await _fixture.StatusAsync(EstateFixture.North)).Health);
        Assert.Equal(ReplicaHealth.Unknown, (await _fixture.StatusAsync(EstateFixture.West)).Health);
        Assert.Empty(_fixture.Inbox.OfType(LedgerEventTypes.UnapprovedPush));
    }

    [Fact]
    public async Task Pushed_ByALiveIntake_IsNotFlagged()
    {
        _fixture.Expected.Add(EstateFixture.DigestOf("incoming"));

        await PushAsync("e1", "incoming");

        Assert.Empty(_fixture.Inbox.OfType(LedgerEventTypes.UnapprovedPush));
    }

    [Fact]
    public async Task Pushed_KnownDigestIntoAnotherRepository_IsFlagged()
    {
        await _fixture.ReleaseAsync(_fixture.Image("index", ["v1"]));

        await _fixture.Monitor.OnPushedAsync("e1", "contosohub.azurecr.io", "team/private", "v1", EstateFixture.DigestOf("index"), null, EstateFixture.Token);

        Assert.Equal("team/private", Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.UnapprovedPush)).Details["repository"]);
    }

    [Fact]
    public async Task Pushed_UnknownDeliveredThreeTimesWithACrash_IsRecordedOnce()
    {
        _fixture.Inbox.Crash = true;
        await Assert.ThrowsAsync<IOException>(() => PushAsync("e1", "rogue"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(3));
        await PushAsync("e1", "rogue");
        _fixture.Clock.Advance(TimeSpan.FromMinutes(3));
        await PushAsync("e1", "rogue");

        var flagged = Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.UnapprovedPush));
        Assert.Equal(EstateFixture.DigestOf("rogue").ToString(), flagged.Details["digest"]);

        await PushAsync("e2", "rogue");
        Assert.Equal(2, _fixture.Inbox.OfType(LedgerEventTypes.UnapprovedPush).Count);
    }

    [Fact]
    public async Task Pushed_ToARegistryOutsideTheEstate_IsLeftAlone()
    {
        await _fixture.Monitor.OnPushedAsync("e1", "elsewhere.azurecr.io", "app", "v1", EstateFixture.DigestOf("rogue"), null, EstateFixture.Token);

        Assert.Empty(_fixture.Inbox.Events);
    }

    private Task PushAsync(string eventId, string content) => _fixture.Monitor.OnPushedAsync(
        eventId, "contosohub.azurecr.io", EstateFixture.Repository, "v1", EstateFixture.DigestOf(content), "westeurope", EstateFixture.Token);

    private Task ObserveAsync(ReplicaAnswer answer, long? lag) =>
        _fixture.Monitor.ObserveAsync(_fixture.Replica(EstateFixture.West), answer, lag, EstateFixture.Token);
}
