using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Replication;

public sealed class ReplicationTests
{
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Image_ArrivesAfterExactlyTheLag()
    {
        await using var emulator = await TestEmulator.StartAsync(Lag, manual: true);
        var digest = await emulator.AtHome().PushImageAsync("app", "1", "one");
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        emulator.Manual.Advance(Lag - TimeSpan.FromTicks(1));
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{digest}"));
        emulator.Manual.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{digest}"));
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        Assert.Equal(0, emulator.Other.PendingChanges);
    }

    [Fact]
    public async Task Changes_ArriveInTheOrderTheyWereMade()
    {
        await using var emulator = await TestEmulator.StartAsync(Lag, manual: true);
        var home = emulator.AtHome();
        var second = TimeSpan.FromSeconds(1);
        var config = await home.PushBlobAsync("app", "c"u8.ToArray());
        await home.PushBlobAsync("app", "l"u8.ToArray());
        emulator.Manual.Advance(second);
        var child = await home.PutManifestAsync("app", Digest.OfBytes(System.Text.Encoding.UTF8.GetBytes(Image)).ToString(), Image);
        emulator.Manual.Advance(second);
        var index = await home.PutManifestAsync("app", "multi", AcrClient.Index([child]), MediaTypes.OciIndex);

        emulator.Manual.Advance(Lag - (2 * second));
        Assert.Equal((true, false, false), await SeenAsync());
        emulator.Manual.Advance(second);
        Assert.Equal((true, true, false), await SeenAsync());
        emulator.Manual.Advance(second);
        Assert.Equal((true, true, true), await SeenAsync());

        async Task<(bool Blob, bool Child, bool Index)> SeenAsync() => (
            await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{config}") == HttpStatusCode.OK,
            await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{child}") == HttpStatusCode.OK,
            await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{index}") == HttpStatusCode.OK);
    }

    private static string Image => AcrClient.Manifest("c"u8.ToArray(), "l"u8.ToArray());

    [Fact]
    public async Task Tag_WrittenInTwoRegions_EndsWithTheLastWriter()
    {
        await using var emulator = await TestEmulator.StartAsync(Lag, manual: true);
        var first = await emulator.AtHome().PushImageAsync("app", "1", "first");
        emulator.Manual.Advance(TimeSpan.FromSeconds(5));
        var last = await emulator.AtOther().PushImageAsync("app", "1", "last");
        Assert.Equal((first, last), (await TagAsync(emulator.AtHome()), await TagAsync(emulator.AtOther())));
        emulator.Manual.Advance(Lag);
        Assert.Equal((last, last), (await TagAsync(emulator.AtHome()), await TagAsync(emulator.AtOther())));
    }

    [Fact]
    public async Task DeletesAndLocks_Propagate()
    {
        await using var emulator = await TestEmulator.StartAsync(Lag, manual: true);
        var one = await emulator.AtHome().PushImageAsync("app", "1", "one");
        await emulator.AtHome().PushImageAsync("app", "2", "two");
        emulator.Manual.Advance(Lag);
        using var locked = await emulator.AtHome().PatchAsync("/acr/v1/app/_tags/2", """{"writeEnabled":false}""");
        Assert.Equal(HttpStatusCode.Accepted, await emulator.AtHome().StatusAsync(HttpMethod.Delete, $"/v2/app/manifests/{one}"));
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        Assert.False(await LockedAsync());
        emulator.Manual.Advance(Lag);
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        Assert.True(await LockedAsync());

        async Task<bool> LockedAsync() => !(await emulator.AtOther().GetJsonAsync("/acr/v1/app/_tags/2")).GetProperty("tag").GetProperty("changeableAttributes").GetProperty("writeEnabled").GetBoolean();
    }

    [Fact]
    public async Task TagDeletedInOneRegion_BeforeItsCreationArrives_StaysDeleted()
    {
        await using var emulator = await TestEmulator.StartAsync(Lag, manual: true);
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        Assert.Equal(HttpStatusCode.Accepted, await emulator.AtHome().StatusAsync(HttpMethod.Delete, "/acr/v1/app"));
        await emulator.AtOther().PushImageAsync("app", "2", "two");
        emulator.Manual.Advance(Lag);
        foreach (var client in new[] { emulator.AtHome(), emulator.AtOther() })
        {
            Assert.Equal(["2"], (await client.GetJsonAsync("/v2/app/tags/list")).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        }
    }

    [Fact]
    public async Task StuckReplication_CatchesUpWhenFreed()
    {
        await using var emulator = await TestEmulator.StartAsync(Lag, manual: true);
        emulator.Other.Faults.ReplicationStuck = true;
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        emulator.Manual.Advance(TimeSpan.FromHours(1));
        Assert.True(emulator.Other.PendingChanges > 0);
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        emulator.Other.Faults.ReplicationStuck = false;
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
    }

    private static async Task<Digest> TagAsync(AcrClient client)
    {
        using var head = await client.SendAsync(HttpMethod.Head, "/v2/app/manifests/1");
        return Digest.Parse(head.Headers.GetValues("Docker-Content-Digest").Single()).Value;
    }
}
