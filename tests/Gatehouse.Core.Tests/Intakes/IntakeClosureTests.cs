using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>Between replication and release every registry has to list what refers to the image.</summary>
public class IntakeClosureTests
{
    private static readonly Digest Stranger = Digest.OfBytes("stranger"u8);

    [Fact]
    public async Task Close_EverythingListed_LeavesAReceiptOfEachRegistry()
    {
        await using var world = await WorldAsync(referrers: 2);
        var released = await ReleaseAsync(world);

        var candidate = released.Candidate!;
        var lines = string.Concat(candidate.Referrers.Select(referrer => referrer.Digest.ToString()).Order(StringComparer.Ordinal).Select(digest => digest + "\n"));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
        Assert.Equal(["hub", "edge"], released.Closures.Select(receipt => receipt.Registry));
        Assert.All(released.Closures, receipt => Assert.Equal((2, 2, sha256, 0), (receipt.Expected, receipt.Found, receipt.Sha256, receipt.Extra)));
        var closed = ClosedOf(world, released.Id);
        Assert.Equal(2, closed.Count);
        foreach (var (key, value) in new[]
        {
            ("registry", "hub"), ("digest", candidate.Digest.ToString()), ("expected", "2"), ("found", "2"),
            ("sha256", sha256), ("missing", "none"), ("extra", "none"), ("source", "referrers"),
        })
        {
            Assert.Equal(value, closed[0].Details[key]);
        }

        // One request a registry: nothing refers to anything but the image.
        Assert.Equal(2, world.Registries.ReferrerCalls);
    }

    [Fact]
    public async Task Close_NestedReferrer_IsAskedOfItsOwnSubject()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var plain = FakeUpstream.CandidateOf(IntakeWorld.Image, referrers: 2);
        var nested = plain with { Links = [plain.Links[0], plain.Links[1] with { Subject = plain.Referrers[0].Digest }] };
        world.Upstream.Answer = _ => new Resolution.Found(nested);
        world.Registries.Lists(nested);

        var released = await ReleaseAsync(world);

        Assert.All(released.Closures, receipt => Assert.Equal((2, 2), (receipt.Expected, receipt.Found)));
        Assert.Equal(4, world.Registries.ReferrerCalls);
    }

    [Fact]
    public async Task Close_OneIsNotListedYet_WaitsWithTheReasonAndReleasesNothing()
    {
        await using var world = await WorldAsync(referrers: 2);
        var listed = world.Registries.Referrers.Values.Single();
        var late = listed[1];
        listed.Remove(late);

        var id = await ApproveAsync(world);
        await PassTimeAsync(world, TimeSpan.FromMinutes(5));
        var waiting = await world.GetAsync(id);
        Assert.Equal(IntakeState.Replicating, waiting.State);
        Assert.Contains("hub lists 1 of 2 referrers", waiting.Reason, StringComparison.Ordinal);
        Assert.Contains(late.ToString(), waiting.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Registries.Tags);
        Assert.Empty(world.Registries.Attached);

        listed.Add(late);
        Assert.Equal(2, (await world.RunAsync(id, IntakeState.Released)).Closures.Count);
    }

    [Fact]
    public async Task Close_NeverListed_FaultsAtTheDeadline()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Registries.Referrers.Clear();
        world.Settings.ReplicationDeadline = TimeSpan.FromMinutes(10);

        var faulted = await world.RunAsync(await ApproveAsync(world), IntakeState.Faulted);

        Assert.Equal(IntakeState.Replicating, faulted.FaultedFrom);
        Assert.Contains("lists 0 of 1 referrers", faulted.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_NoAnswer_IsNotNoneAndWaitsAsLongAsAsked()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Registries.ReferrerScript.Enqueue(new ReferrerListing(null, Reason: "429", RetryAfter: TimeSpan.FromSeconds(50)));

        var id = await ApproveAsync(world);
        for (var i = 0; i < 100 && world.Registries.ReferrerCalls == 0; i++)
        {
            await PassTimeAsync(world, TimeSpan.FromSeconds(1));
        }

        var waiting = await world.GetAsync(id);
        Assert.Equal(TimeSpan.FromSeconds(50), waiting.WakeAt - waiting.UpdatedAt);
        Assert.Contains("429", waiting.Reason, StringComparison.Ordinal);

        // The other registry answered; only the first is asked again.
        Assert.Equal("edge", Assert.Single(waiting.Closures).Registry);
        await world.RunAsync(id, IntakeState.Released);
        Assert.Equal(3, world.Registries.ReferrerCalls);
    }

    [Fact]
    public async Task Close_StrangerListed_IsNamedAndDoesNotBlock()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Registries.Referrers.Values.Single().Add(Stranger);
        world.Registries.Held.Add(("edge", Stranger));

        var released = await ReleaseAsync(world);

        Assert.Equal(["none", Stranger.ToString()], ClosedOf(world, released.Id).Select(entry => entry.Details["extra"]));
        Assert.Equal([0, 1], released.Closures.Select(receipt => receipt.Extra));
    }

    [Fact]
    public async Task Close_ListedButOfAnotherRelease_IsNoStranger()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Released.Setup(releases => releases.IsKnownAsync("ghcr.io/shop/api", Stranger, It.IsAny<CancellationToken>())).ReturnsAsync(true);
        world.Registries.Referrers.Values.Single().Add(Stranger);
        world.Registries.Held.Add(("edge", Stranger));

        Assert.All(ClosedOf(world, (await ReleaseAsync(world)).Id), entry => Assert.Equal("none", entry.Details["extra"]));
    }

    [Fact]
    public async Task Close_NoReferrersApi_TakesTheManifestList()
    {
        await using var world = await WorldAsync(referrers: 1);
        var referrer = world.Registries.Referrers.Values.Single().Single();
        world.Registries.ReferrerScript.Enqueue(new ReferrerListing([], FromApi: false));
        world.Registries.Manifests = new ReplicaListing<ManifestRow>([new ManifestRow(referrer, false, true, []), new ManifestRow(Stranger, false, true, [])]);

        var closed = ClosedOf(world, (await ReleaseAsync(world)).Id);

        Assert.Equal([("manifests", "1"), ("referrers", "1")], closed.Select(entry => (entry.Details["source"], entry.Details["found"])));
    }

    [Fact]
    public async Task Close_NoReferrersApiAndNoList_WaitsAsLongAsAsked()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Registries.ReferrerScript.Enqueue(new ReferrerListing([], FromApi: false));
        world.Registries.Manifests = new ReplicaListing<ManifestRow>(null, Throttled: true, Reason: "429", RetryAfter: TimeSpan.FromSeconds(50));

        var id = await ApproveAsync(world);
        for (var i = 0; i < 100 && world.Registries.ReferrerCalls == 0; i++)
        {
            await PassTimeAsync(world, TimeSpan.FromSeconds(1));
        }

        var waiting = await world.GetAsync(id);
        Assert.Equal(TimeSpan.FromSeconds(50), waiting.WakeAt - waiting.UpdatedAt);
        Assert.Contains("does not list its manifests: 429", waiting.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_CosignTag_IsSetAndLockedAtReleaseAndReplacesNothing()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var plain = FakeUpstream.CandidateOf(IntakeWorld.Image, referrers: 1);
        const string Tag = "sha256-abc.sig";
        var candidate = plain with { Links = [plain.Links[0] with { Tag = Tag }] };
        world.Upstream.Answer = _ => new Resolution.Found(candidate);
        world.Registries.Tags[("hub", Tag)] = Stranger;

        var released = await ReleaseAsync(world);

        Assert.Equal(candidate.Referrers[0].Digest, world.Registries.Tags[("hub", Tag)]);
        Assert.Equal(candidate.Referrers[0].Digest, world.Registries.Tags[("edge", Tag)]);
        Assert.All(released.Closures, receipt => Assert.Equal((1, 1), (receipt.Expected, receipt.Found)));
        Assert.DoesNotContain("replaced", world.EventsOf(released.Id).Last().Details.Keys);
    }

    [Fact]
    public async Task Release_QuarantineOn_LetsEverythingOutFirst()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Map = new EstateMap([IntakeWorld.Estate.Registries[0] with { Quarantine = true }]);
        world.Registries.Shown = Presence.Withheld;

        var released = await ReleaseAsync(world);

        var all = new[] { released.Candidate!.Digest, released.Candidate.Platforms[0].Manifest.Digest, released.Candidate.Referrers[0].Digest, released.Attestation!.Value };
        Assert.Equal(all.Order(), world.Registries.Passed.Select(passed => passed.Digest).Order());
    }

    [Fact]
    public async Task Replicate_WithheldWhereNoQuarantineIsOn_IsNotThere()
    {
        await using var world = await WorldAsync(referrers: 1);
        world.Registries.Shown = Presence.Withheld;

        var id = await ApproveAsync(world);
        await PassTimeAsync(world, TimeSpan.FromMinutes(5));

        Assert.Equal(IntakeState.Replicating, (await world.GetAsync(id)).State);
        Assert.Empty(world.Registries.Passed);
    }

    private static List<LedgerEvent> ClosedOf(IntakeWorld world, string id) => [.. world.EventsOf(id).Where(entry => entry.Type == LedgerEventTypes.ReferrersClosed)];

    private static async Task<IntakeWorld> WorldAsync(int referrers)
    {
        var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = image => new Resolution.Found(FakeUpstream.CandidateOf(image, referrers: referrers));
        world.Registries.Lists(FakeUpstream.CandidateOf(IntakeWorld.Image, referrers: referrers));
        return world;
    }

    private static async Task<string> ApproveAsync(IntakeWorld world)
    {
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        return intake.Id;
    }

    private static async Task<Intake> ReleaseAsync(IntakeWorld world) => await world.RunAsync(await ApproveAsync(world), IntakeState.Released);

    private static async Task PassTimeAsync(IntakeWorld world, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            await world.DeliverAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
