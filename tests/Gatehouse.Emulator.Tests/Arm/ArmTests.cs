using System.Net;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Arm;

public sealed class ArmTests
{
    [Fact]
    public async Task Registry_IsFoundInTheListAndByName()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var arm = new ArmClient(emulator);
        using var get = await arm.SendAsync(HttpMethod.Get, arm.Resource.ToUpperInvariant().Replace("/SUBSCRIPTIONS", "/subscriptions", StringComparison.Ordinal));
        var registry = await AcrClient.JsonAsync(get);
        Assert.Equal((arm.Resource, "westeurope", emulator.Registry.LoginServer), (registry.GetProperty("id").GetString(), registry.GetProperty("location").GetString(), registry.GetProperty("properties").GetProperty("loginServer").GetString()));
        using var list = await arm.SendAsync(HttpMethod.Get, "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.ContainerRegistry/registries");
        Assert.Single((await AcrClient.JsonAsync(list)).GetProperty("value").EnumerateArray());
        using var preview = await arm.SendAsync(HttpMethod.Get, arm.Resource, apiVersion: "2026-01-01-preview");
        Assert.Equal(emulator.Home.Endpoint, (await AcrClient.JsonAsync(preview)).GetProperty("properties").GetProperty("regionalEndpointHostNames")[0].GetString());
    }

    [Fact]
    public async Task Replication_Disabled_LeavesTheGlobalEndpointOnly()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var arm = new ArmClient(emulator);
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        using var patch = await arm.SendAsync(HttpMethod.Patch, arm.Resource + "/replications/westeurope", """{"properties":{"regionEndpointEnabled":false}}""");
        Assert.Equal(HttpStatusCode.OK, patch.StatusCode);
        Assert.False(emulator.Home.RoutingEnabled);

        emulator.Other.Faults.ReplicationStuck = true;
        await emulator.AtHome().PushImageAsync("app", "2", "two");
        Assert.Equal(HttpStatusCode.NotFound, await emulator.At(emulator.Registry.LoginServer).StatusAsync(HttpMethod.Get, "/v2/app/manifests/2"));
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Get, "/v2/app/manifests/2"));

        using var list = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/replications");
        var states = (await AcrClient.JsonAsync(list)).GetProperty("value").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!, item => item.GetProperty("properties"));
        Assert.False(states["westeurope"].GetProperty("regionEndpointEnabled").GetBoolean());
        Assert.Equal("Ready", states["northeurope"].GetProperty("status").GetProperty("displayStatus").GetString());
        using var absent = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/replications/eastus");
        Assert.Equal("ResourceNotFound", await ArmClient.CodeAsync(absent));
    }

    [Fact]
    public async Task Usages_CountDistinctBlobs()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var arm = new ArmClient(emulator);
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        await emulator.AtHome().PushImageAsync("copy", "1", "one");
        using var response = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/listUsages");
        var size = (await AcrClient.JsonAsync(response)).GetProperty("value").EnumerateArray().First(usage => usage.GetProperty("name").GetString() == "Size");
        Assert.Equal("""{"architecture":"amd64","os":"linux","x":"one"}""".Length + "layer one".Length, size.GetProperty("currentValue").GetInt64());
    }

    [Fact]
    public async Task Call_WithATokenForTheRegistry_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var arm = new ArmClient(emulator);
        using var wrong = await arm.SendAsync(HttpMethod.Get, arm.Resource, resource: "https://containerregistry.azure.net");
        Assert.Equal((HttpStatusCode.Unauthorized, "InvalidAuthenticationToken"), (wrong.StatusCode, await ArmClient.CodeAsync(wrong)));
        using var none = await emulator.Http.GetAsync(new Uri(emulator.Host.ArmEndpoint, arm.Resource + "?api-version=2025-11-01"), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
    }

    [Theory]
    [InlineData("/subscriptions/11111111-0000-0000-0000-000000000001/resourceGroups/gatehouse/providers/Microsoft.ContainerRegistry/registries/contoso", "SubscriptionNotFound")]
    [InlineData("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/other/providers/Microsoft.ContainerRegistry/registries/contoso", "ResourceGroupNotFound")]
    [InlineData("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/gatehouse/providers/Microsoft.ContainerRegistry/registries/absent", "ResourceNotFound")]
    [InlineData("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/gatehouse/providers/Microsoft.ContainerRegistry/registries/upstream", "ResourceNotFound")]
    public async Task Resource_ThatIsNotThere_IsNamed(string path, string code)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await new ArmClient(emulator).SendAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.NotFound, code), (response.StatusCode, await ArmClient.CodeAsync(response)));
    }

    [Fact]
    public async Task Throttling_TellsAFallingWait_AndEnds()
    {
        await using var emulator = await TestEmulator.StartAsync(manual: true);
        var arm = new ArmClient(emulator);
        emulator.Registry.Faults.ThrottleArm(TimeSpan.FromSeconds(30));
        using var first = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(30)), (first.StatusCode, first.Headers.RetryAfter!.Delta));
        emulator.Manual.Advance(TimeSpan.FromSeconds(20));
        using var second = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal(TimeSpan.FromSeconds(10), second.Headers.RetryAfter!.Delta);
        emulator.Manual.Advance(TimeSpan.FromSeconds(10));
        using var third = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Writes_WhileTheHomeRegionIsDown_AreRefused_ReadsAreNot()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var arm = new ArmClient(emulator);
        emulator.Home.Faults.Down = true;
        using var write = await arm.SendAsync(HttpMethod.Patch, arm.Resource + "/replications/northeurope", """{"properties":{"regionEndpointEnabled":false}}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, write.StatusCode);
        using var read = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/replications/westeurope");
        Assert.Equal("Unavailable", (await AcrClient.JsonAsync(read)).GetProperty("properties").GetProperty("status").GetProperty("displayStatus").GetString());

        emulator.Home.Faults.Down = false;
        emulator.Registry.Faults.ArmDown = true;
        using var down = await arm.SendAsync(HttpMethod.Patch, arm.Resource + "/replications/northeurope", """{"properties":{"regionEndpointEnabled":false}}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        Assert.True(emulator.Other.RoutingEnabled);
    }

    [Fact]
    public async Task Denied_IsAuthorizationFailed()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var arm = new ArmClient(emulator);
        emulator.Registry.Faults.ArmDenied = true;
        using var response = await arm.ImportAsync(ArmClient.Body("docker.io", "library/x:1", "x:1"));
        Assert.Equal((HttpStatusCode.Forbidden, "AuthorizationFailed"), (response.StatusCode, await ArmClient.CodeAsync(response)));
    }
}
