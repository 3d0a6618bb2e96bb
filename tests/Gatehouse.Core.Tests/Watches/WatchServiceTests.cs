using Gatehouse.Core.Ledger;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;
using Xunit;

namespace Gatehouse.Core.Tests.Watches;

public sealed class WatchServiceTests
{
    private readonly WatchFixture _fixture = new();

    [Fact]
    public async Task Create_ShortName_IsNormalisedListedAndRecorded()
    {
        var watch = await _fixture.WatchAsync("alpine", "3.20", "3.*");

        Assert.Equal(WatchFixture.Alpine, watch.Repository);
        Assert.Equal(watch.Id, Assert.Single(await _fixture.Service.ListAsync(WatchFixture.Token)).Id);
        var created = Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.WatchCreated));
        Assert.Equal(("user:alice", $"watch:{watch.Id}", "3.* 3.20"), (created.Actor, created.Subject, created.Details["tags"]));
    }

    [Fact]
    public async Task Create_SameAgainInAnotherOrder_ReturnsTheSameWatch()
    {
        var first = await _fixture.WatchAsync("alpine", "3.20", "latest");
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        var second = await _fixture.WatchAsync("docker.io/library/alpine", "latest", "3.20", "latest");

        Assert.Equal((first.Id, first.CreatedAt), (second.Id, second.CreatedAt));
        Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.WatchCreated));
    }

    [Theory]
    [InlineData("alpine:3.20", "watch-repository-pinned")]
    [InlineData("alpine@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "watch-repository-pinned")]
    [InlineData("Not Valid", "watch-repository-malformed")]
    [InlineData("", "watch-repository-malformed")]
    public async Task Create_WrongRepository_IsRefused(string repository, string code)
    {
        var result = await _fixture.Service.CreateAsync(WatchFixture.Scope, repository, ["latest"], WatchFixture.Person, WatchFixture.Token);

        Assert.Equal((ErrorKind.Invalid, code, "repository"), (result.Error.Kind, result.Error.Code, result.Error.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("v[0-9]")]
    [InlineData(null)]
    public async Task Create_WrongTag_IsRefused(string? tag)
    {
        var result = await _fixture.Service.CreateAsync(WatchFixture.Scope, "alpine", ["latest", tag!], WatchFixture.Person, WatchFixture.Token);

        Assert.Equal(("watch-tag-malformed", "tags"), (result.Error.Code, result.Error.Field));
        Assert.Contains($"'{tag}'", result.Error.Message);
    }

    [Fact]
    public async Task Create_NoTag_IsRefused() => Assert.Equal(
        "watch-tag-count", (await _fixture.Service.CreateAsync(WatchFixture.Scope, "alpine", [], WatchFixture.Person, WatchFixture.Token)).Error.Code);

    [Fact]
    public async Task Create_CrashBeforeTheLedger_IsFlushedByTheNextSweep()
    {
        _fixture.Inbox.Crash = true;
        await Assert.ThrowsAsync<IOException>(() => _fixture.WatchAsync("alpine", "latest"));
        Assert.Empty(_fixture.Inbox.Events);

        await _fixture.Create().SweepAsync(WatchFixture.Token);

        Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.WatchCreated));
    }

    [Fact]
    public async Task Delete_Known_IsGoneWithAllItKnew()
    {
        _fixture.Push("latest", "one");
        var watch = await _fixture.WatchAsync("alpine", "latest");
        await _fixture.Service.SweepAsync(WatchFixture.Token);

        Assert.True((await _fixture.Service.DeleteAsync(watch.Id, WatchFixture.Person, WatchFixture.Token)).IsOk);

        Assert.Empty(await _fixture.Service.ListAsync(WatchFixture.Token));
        Assert.Empty(_fixture.Records.Keys);
        Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.WatchDeleted));
        Assert.Equal(ErrorKind.NotFound, (await _fixture.Service.DeleteAsync(watch.Id, WatchFixture.Person, WatchFixture.Token)).Error.Kind);
    }

    [Fact]
    public async Task Create_AfterDeletion_StartsFromANewBaseline()
    {
        _fixture.Push("latest", "one");
        var watch = await _fixture.WatchAsync("alpine", "latest");
        await _fixture.Service.SweepAsync(WatchFixture.Token);
        await _fixture.Service.DeleteAsync(watch.Id, WatchFixture.Person, WatchFixture.Token);
        _fixture.Push("latest", "two");

        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.WatchAsync("alpine", "latest");
        await _fixture.Service.SweepAsync(WatchFixture.Token);

        Assert.Empty(_fixture.Intakes);
    }

    [Theory]
    [InlineData("3.*", "3.20", true)]
    [InlineData("3.*", "v3.20", false)]
    [InlineData("*", "anything", true)]
    [InlineData("v?", "v1", true)]
    [InlineData("v?", "v12", false)]
    [InlineData("Latest", "latest", false)]
    [InlineData("3.20", "3x20", false)]
    public void Matches_Pattern_AsWritten(string pattern, string tag, bool expected) => Assert.Equal(expected, TagPattern.Matches(pattern, tag));
}
