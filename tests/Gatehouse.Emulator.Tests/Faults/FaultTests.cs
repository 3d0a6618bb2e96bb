using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Faults;

public sealed class FaultTests
{
    [Fact]
    public async Task Region_Down_BreaksConnections_AndTheGlobalEndpointMovesOn()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        emulator.Home.Faults.Down = true;
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.AtHome().StatusAsync(HttpMethod.Get, "/v2/"));
        var global = emulator.At(emulator.Registry.LoginServer);
        Assert.Equal(HttpStatusCode.OK, await global.StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
        await global.PushImageAsync("app", "2", "two");
        Assert.True(emulator.Home.PendingChanges > 0);
        emulator.Home.Faults.Down = false;
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Get, "/v2/app/manifests/2"));

        emulator.Home.Faults.Down = true;
        emulator.Other.Faults.Down = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await global.StatusAsync(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task Throttle_RefusesEveryNth_OfItsKind()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtUpstream().PushImageAsync("app", "1", "one");
        var faults = emulator.Upstream.Replicas[0].Faults;
        faults.Throttle(3, TimeSpan.FromSeconds(7), RequestKind.Manifest);
        var statuses = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            statuses.Add((int)await emulator.AtUpstream().StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
            Assert.Equal(HttpStatusCode.OK, await emulator.AtUpstream().StatusAsync(HttpMethod.Get, "/v2/app/tags/list"));
        }

        Assert.Equal([200, 200, 429, 200, 200, 429], statuses);
        faults.Throttle(1, TimeSpan.FromSeconds(7));
        using var response = await emulator.AtUpstream().SendAsync(HttpMethod.Get, "/v2/");
        Assert.Equal((TimeSpan.FromSeconds(7), "TOOMANYREQUESTS"), (response.Headers.RetryAfter!.Delta, await AcrClient.CodeAsync(response)));
        faults.StopThrottling();
        Assert.Equal(HttpStatusCode.OK, await emulator.AtUpstream().StatusAsync(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task Delay_PassesByTheClock()
    {
        await using var emulator = await TestEmulator.StartAsync(manual: true);
        emulator.Upstream.Replicas[0].Faults.Delay = TimeSpan.FromSeconds(5);
        var before = emulator.Manual.Waiting;
        var request = emulator.AtUpstream().StatusAsync(HttpMethod.Get, "/v2/");
        await Soon.IsAsync(() => emulator.Manual.Waiting > before);
        Assert.False(request.IsCompleted);
        emulator.Manual.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, await request);
    }

    [Fact]
    public async Task LostBlob_IsMissingAtThatReplicaOnly_UntilPushedAgain()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        var blob = Digest.OfBytes("layer one"u8);
        emulator.Other.Faults.LoseBlob(blob);
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{blob}"));
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{blob}"));
        await emulator.AtOther().PushBlobAsync("app", "layer one"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{blob}"));
    }

    [Fact]
    public async Task RevertedLock_IsDriftOfOneReplica()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        using var locked = await emulator.AtHome().PatchAsync("/acr/v1/app/_tags/1", """{"writeEnabled":false,"deleteEnabled":false}""");
        emulator.Other.Faults.RevertLock("app", "1");
        Assert.Equal((false, true), (await WritableAsync(emulator.AtHome()), await WritableAsync(emulator.AtOther())));
        using var repaired = await emulator.AtHome().PatchAsync("/acr/v1/app/_tags/1", """{"writeEnabled":false,"deleteEnabled":false}""");
        Assert.False(await WritableAsync(emulator.AtOther()));

        async Task<bool> WritableAsync(AcrClient client) => (await client.GetJsonAsync("/acr/v1/app/_tags/1")).GetProperty("tag").GetProperty("changeableAttributes").GetProperty("writeEnabled").GetBoolean();
    }

    [Fact]
    public async Task Requests_AreCountedByEndpointMethodAndKind()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        var token = await emulator.AtHome().AccessTokenAsync("repository:app:pull");
        emulator.Registry.Requests.Reset();
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, $"http://{emulator.Other.Endpoint}/v2/app/manifests/1");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        }

        var snapshot = emulator.Registry.Requests.Snapshot();
        Assert.Equal((3, 3), (snapshot.Total, snapshot.Count(RequestKind.Manifest, "HEAD", "northeurope")));
        Assert.Equal(3, snapshot.Counts[new RequestKey("northeurope", "HEAD", RequestKind.Manifest)]);
    }
}
