using System.Net;
using System.Text.Json;
using Gatehouse.Emulator.Faults;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Emulator.Tests.Arm;

/// <summary>Changes that take time: replicas that come and go, failures, locks, limits; and what a restart leaves of them.</summary>
public sealed class ArmChangeTests
{
    private const string NewRegion = "/replications/eastus";
    private const string Create = """{"location":"eastus","properties":{"regionEndpointEnabled":true}}""";

    private static readonly TimeSpan Takes = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Replica_Created_ServesEverythingWhenItIsReady()
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        await emulator.AtHome().PushImageAsync("app", "1", "before");
        Assert.Equal(["northeurope", "westeurope"], await RegionsAsync(arm));

        using var put = await arm.SendAsync(HttpMethod.Put, arm.Resource + NewRegion, Create);
        var operation = put.Headers.GetValues("Azure-AsyncOperation").Single();
        Assert.Equal((HttpStatusCode.Created, TimeSpan.FromSeconds(1)), (put.StatusCode, put.Headers.RetryAfter!.Delta));
        Assert.Equal(("Creating", JsonValueKind.Null), await StateAsync(arm, NewRegion));
        Assert.Equal("InProgress", await StatusAsync(arm, operation));
        Assert.Equal(["eastus", "northeurope", "westeurope"], await RegionsAsync(arm));
        var replica = emulator.Registry.Replica("eastus");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => emulator.Http.GetAsync(new Uri($"http://{replica.Endpoint}/v2/"), TestEmulator.Token));
        using var busy = await arm.SendAsync(HttpMethod.Delete, arm.Resource + NewRegion);
        Assert.Equal((HttpStatusCode.Conflict, "AnotherOperationInProgress"), (busy.StatusCode, await ArmClient.CodeAsync(busy)));

        await emulator.AtHome().PushImageAsync("app", "2", "meanwhile");
        emulator.Manual.Advance(Takes);
        Assert.Equal("Succeeded", await StatusAsync(arm, operation));
        Assert.Equal(("Succeeded", JsonValueKind.Object), await StateAsync(arm, NewRegion));
        Assert.Equal(HttpStatusCode.OK, await emulator.At(replica.Endpoint).StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.OK, await emulator.At(replica.Endpoint).StatusAsync(HttpMethod.Get, "/v2/app/manifests/2"));
        Assert.Equal(0, replica.PendingChanges);
    }

    [Fact]
    public async Task Replica_Deleted_IsGoneWhenItIsOver_AndCatchesUpWhenItComesBack()
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        using var delete = await arm.SendAsync(HttpMethod.Delete, arm.Resource + "/replications/northeurope");
        Assert.Equal(HttpStatusCode.Accepted, delete.StatusCode);
        using var running = await arm.SendAsync(HttpMethod.Get, delete.Headers.Location!.ToString());
        Assert.Equal((HttpStatusCode.Accepted, delete.Headers.Location), (running.StatusCode, running.Headers.Location));
        Assert.Equal("Deleting", (await StateAsync(arm, "/replications/northeurope")).State);
        emulator.Manual.Advance(Takes);
        using var done = await arm.SendAsync(HttpMethod.Get, delete.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(["westeurope"], await RegionsAsync(arm));
        using var again = await arm.SendAsync(HttpMethod.Delete, arm.Resource + "/replications/northeurope");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);

        await emulator.AtHome().PushImageAsync("app", "1", "without it");
        using var put = await arm.SendAsync(HttpMethod.Put, arm.Resource + "/replications/northeurope", """{"location":"North Europe","properties":{"regionEndpointEnabled":false}}""");
        emulator.Manual.Advance(Takes);
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
        Assert.False(emulator.Other.RoutingEnabled);
    }

    [Theory]
    [InlineData("/replications/westeurope", "DELETE", null, HttpStatusCode.Conflict, "Conflict")]
    [InlineData("/replications/japaneast", "PUT", """{"location":"japaneast"}""", HttpStatusCode.BadRequest, "LocationNotAvailableForResourceType")]
    [InlineData("/replications/eastus", "PUT", """{"location":"westus"}""", HttpStatusCode.BadRequest, "LocationRequired")]
    [InlineData("/replications/eastus", "PATCH", """{"properties":{"regionEndpointEnabled":true}}""", HttpStatusCode.NotFound, "ResourceNotFound")]
    [InlineData("/replications/westeurope", "PATCH", """{"properties":{"regionEndpointEnabled":"no"}}""", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("/replications/westeurope", "PATCH", "[]", HttpStatusCode.BadRequest, "InvalidRequestContent")]
    [InlineData("", "PATCH", """{"properties":{"zoneRedundancy":"Enabled"}}""", HttpStatusCode.BadRequest, "InvalidRequestContent")]
    [InlineData("", "PATCH", """{"properties":{"regionalEndpoints":"Enabled"}}""", HttpStatusCode.BadRequest, "InvalidRequestContent")]
    [InlineData("", "DELETE", null, HttpStatusCode.MethodNotAllowed, "MethodNotAllowed")]
    public async Task Change_ThatMakesNoSense_IsRefused(string path, string method, string? body, HttpStatusCode status, string code)
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        using var response = await arm.SendAsync(new HttpMethod(method), arm.Resource + path, body);
        Assert.Equal((status, code), (response.StatusCode, await ArmClient.CodeAsync(response)));
    }

    [Fact]
    public async Task Operation_ThatIsToFail_EndsAsFailedAndSaysWhy()
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        emulator.Registry.Faults.FailNextArmOperation("SubnetFull", "no free IP");
        using var put = await arm.SendAsync(HttpMethod.Put, arm.Resource + NewRegion, Create);
        emulator.Manual.Advance(Takes);
        using var status = await arm.SendAsync(HttpMethod.Get, put.Headers.GetValues("Azure-AsyncOperation").Single());
        var document = await AcrClient.JsonAsync(status);
        Assert.Equal(("Failed", "SubnetFull", "no free IP"), (document.GetProperty("status").GetString(), document.GetProperty("error").GetProperty("code").GetString(), document.GetProperty("error").GetProperty("message").GetString()));
        Assert.Equal("Failed", (await StateAsync(arm, NewRegion)).State);
        Assert.False(emulator.Registry.Replica("eastus").IsProvisioned);
    }

    [Fact]
    public async Task Registry_Patched_ShowsWhatWasChanged_AlsoAfterARestart()
    {
        using var directory = new TempDirectory();
        var clock = new ManualTimeProvider();
        string operation;
        await using (var first = await StartAsync(directory, clock))
        {
            var arm = new ArmClient(first);
            await first.AtHome().PushImageAsync("app", "1", "one");
            Assert.Equal(HttpStatusCode.Unauthorized, await first.AtUpstreamOf(first.Home.Endpoint).StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
            using var patch = await arm.SendAsync(HttpMethod.Patch, arm.Resource, """{"tags":{"team":"platform"},"properties":{"publicNetworkAccess":"Disabled","anonymousPullEnabled":true,"policies":{"retentionPolicy":{"days":7,"status":"enabled"}}}}""");
            Assert.Equal("Updating", (await AcrClient.JsonAsync(patch)).GetProperty("properties").GetProperty("provisioningState").GetString());
            operation = patch.Headers.GetValues("Azure-AsyncOperation").Single();
            using var put = await arm.SendAsync(HttpMethod.Put, arm.Resource + NewRegion, Create);
        }

        await using var second = await StartAsync(directory, clock);
        var again = new ArmClient(second);
        Assert.Equal("InProgress", await StatusAsync(again, operation));
        clock.Advance(Takes);
        Assert.Equal("Succeeded", await StatusAsync(again, operation));
        using var get = await again.SendAsync(HttpMethod.Get, again.Resource);
        var registry = await AcrClient.JsonAsync(get);
        var properties = registry.GetProperty("properties");
        Assert.Equal(
            ("platform", "Disabled", true, 7, "Succeeded"),
            (registry.GetProperty("tags").GetProperty("team").GetString(), properties.GetProperty("publicNetworkAccess").GetString(), properties.GetProperty("anonymousPullEnabled").GetBoolean(), properties.GetProperty("policies").GetProperty("retentionPolicy").GetProperty("days").GetInt32(), properties.GetProperty("provisioningState").GetString()));
        Assert.Equal(0, second.Registry.Replica("eastus").PendingChanges);
        Assert.Equal(HttpStatusCode.OK, await second.At(second.Registry.Replica("eastus").Endpoint).StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
    }

    [Fact]
    public async Task Limits_OfTheSubscription_CountDownAndTellWhenToComeBack()
    {
        await using var emulator = await StartAsync(limits: new ArmLimitOptions { Reads = 3, ReadsPerSecond = 0.1 });
        var arm = new ArmClient(emulator);
        foreach (var left in (string[])["2", "1", "0"])
        {
            using var read = await arm.SendAsync(HttpMethod.Get, arm.Resource);
            Assert.Equal(left, read.Headers.GetValues("x-ms-ratelimit-remaining-subscription-reads").Single());
        }

        using var first = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/replications");
        Assert.Equal((HttpStatusCode.TooManyRequests, "SubscriptionRequestsThrottled", TimeSpan.FromSeconds(10)), (first.StatusCode, await ArmClient.CodeAsync(first), first.Headers.RetryAfter!.Delta));
        emulator.Manual.Advance(TimeSpan.FromSeconds(6));
        using var second = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal(TimeSpan.FromSeconds(4), second.Headers.RetryAfter!.Delta);
        using var write = await arm.SendAsync(HttpMethod.Patch, arm.Resource, """{"tags":{}}""");
        Assert.Equal((HttpStatusCode.Created, "199"), (write.StatusCode, write.Headers.GetValues("x-ms-ratelimit-remaining-subscription-writes").Single()));
        emulator.Manual.Advance(TimeSpan.FromSeconds(4));
        using var third = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Theory]
    [InlineData("", "GET", "Microsoft.ContainerRegistry/registries/read")]
    [InlineData("/importImage", "POST", "Microsoft.ContainerRegistry/registries/importImage/action")]
    [InlineData("/listUsages", "GET", "Microsoft.ContainerRegistry/registries/listUsages/read")]
    [InlineData("/replications/westeurope", "PATCH", "Microsoft.ContainerRegistry/registries/replications/write")]
    [InlineData("/replications", "GET", "Microsoft.ContainerRegistry/registries/replications/read")]
    [InlineData("/cacheRules/nginx", "DELETE", "Microsoft.ContainerRegistry/registries/cacheRules/delete")]
    [InlineData("/credentialSets/nginx", "PUT", "Microsoft.ContainerRegistry/registries/credentialSets/write")]
    [InlineData("/operationStatuses/registries-1", "GET", "Microsoft.ContainerRegistry/registries/operationStatuses/read")]
    public async Task Action_Denied_IsNamedAndOthersGoOn(string path, string method, string action)
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        emulator.Registry.Faults.DenyArm(action);
        using var denied = await arm.SendAsync(new HttpMethod(method), arm.Resource + path, method == "GET" ? null : "{}");
        var error = (await AcrClient.JsonAsync(denied)).GetProperty("error");
        Assert.Equal((HttpStatusCode.Forbidden, "AuthorizationFailed"), (denied.StatusCode, error.GetProperty("code").GetString()));
        Assert.Contains($"action '{action}'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        emulator.Registry.Faults.AllowArm(action);
        using var allowed = await arm.SendAsync(new HttpMethod(method), arm.Resource + path, method == "GET" ? null : "{}");
        Assert.NotEqual(HttpStatusCode.Forbidden, allowed.StatusCode);
    }

    [Theory]
    [InlineData(ArmLock.CanNotDelete, HttpStatusCode.Created, HttpStatusCode.Conflict)]
    [InlineData(ArmLock.ReadOnly, HttpStatusCode.Conflict, HttpStatusCode.Conflict)]
    public async Task Lock_OfTheScope_ForbidsWhatItSays(ArmLock held, HttpStatusCode write, HttpStatusCode delete)
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        emulator.Registry.Faults.ArmLock = held;
        using var deleted = await arm.SendAsync(HttpMethod.Delete, arm.Resource + "/replications/northeurope");
        using var written = await arm.SendAsync(HttpMethod.Patch, arm.Resource, """{"tags":{}}""");
        using var read = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal((delete, "ScopeLocked", write, HttpStatusCode.OK), (deleted.StatusCode, await ArmClient.CodeAsync(deleted), written.StatusCode, read.StatusCode));
    }

    [Fact]
    public async Task Tokens_Expired_AreRefusedAndNewOnesAreNot()
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        var old = await AcrClient.EntraTokenAsync(emulator, "https://management.azure.com");
        emulator.Host.ExpireTokens();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(emulator.Host.ArmEndpoint, arm.Resource + "?api-version=2025-11-01"));
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", old);
        using var refused = await emulator.Http.SendAsync(request, TestEmulator.Token);
        Assert.Equal((HttpStatusCode.Unauthorized, "ExpiredAuthenticationToken"), (refused.StatusCode, await ArmClient.CodeAsync(refused)));
        Assert.Contains("error=\"invalid_token\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        using var fresh = await arm.SendAsync(HttpMethod.Get, arm.Resource);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task Replica_StatusText_IsWhatTheFaultSays()
    {
        await using var emulator = await StartAsync();
        var arm = new ArmClient(emulator);
        emulator.Other.Faults.DisplayStatus = "Syncing";
        using var get = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/replications/northeurope");
        Assert.Equal("Syncing", (await AcrClient.JsonAsync(get)).GetProperty("properties").GetProperty("status").GetProperty("displayStatus").GetString());
    }

    internal static Task<TestEmulator> StartAsync(TempDirectory? directory = null, ManualTimeProvider? clock = null, ArmLimitOptions? limits = null) => TestEmulator.StartAsync(
        directory: directory,
        clock: clock,
        manual: true,
        options: path => new EmulatorOptions
        {
            DataDirectory = path,
            ArmOperationTime = Takes,
            ArmLimits = limits,
            Registries =
            [
                new EmulatedRegistryOptions
                {
                    Name = "contoso",
                    HomeRegion = "westeurope",
                    Regions = [new EmulatedRegionOptions { Name = "westeurope" }, new EmulatedRegionOptions { Name = "northeurope" }, new EmulatedRegionOptions { Name = "eastus", Provisioned = false }],
                    Credentials = [new RegistryCredential { Username = "robot", Password = "secret-word" }],
                },
                new EmulatedRegistryOptions { Name = "upstream", Kind = RegistryKind.Plain, AnonymousPull = true, AnonymousPush = true },
            ],
        });

    private static async Task<List<string>> RegionsAsync(ArmClient arm)
    {
        using var list = await arm.SendAsync(HttpMethod.Get, arm.Resource + "/replications");
        return [.. (await AcrClient.JsonAsync(list)).GetProperty("value").EnumerateArray().Select(item => item.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];
    }

    private static async Task<(string State, JsonValueKind Status)> StateAsync(ArmClient arm, string path)
    {
        using var get = await arm.SendAsync(HttpMethod.Get, arm.Resource + path);
        var properties = (await AcrClient.JsonAsync(get)).GetProperty("properties");
        return (properties.GetProperty("provisioningState").GetString()!, properties.GetProperty("status").ValueKind);
    }

    private static async Task<string> StatusAsync(ArmClient arm, string operation)
    {
        using var get = await arm.SendAsync(HttpMethod.Get, operation);
        return (await AcrClient.JsonAsync(get)).GetProperty("status").GetString()!;
    }
}
