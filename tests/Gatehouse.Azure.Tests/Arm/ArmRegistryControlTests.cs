using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Arm;

public class ArmRegistryControlTests
{
    private const string ListPath = $"/subscriptions/{ArmRig.Subscription}/providers/Microsoft.ContainerRegistry/registries";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Registry_ReadsWhatTheServiceSays()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.Id, $$$$$"""
            {"id":"{{{{{ArmRig.Id}}}}}","name":"contoso","type":"Microsoft.ContainerRegistry/registries","location":"West Europe","tags":null,
             "sku":{"name":"Premium","tier":"Premium"},
             "properties":{"loginServer":"conToso.azurecr.io","creationDate":"2026-01-01T00:00:00Z","provisioningState":"Succeeded",
               "status":{"displayStatus":"Ready","message":"The registry is ready.","timestamp":"2026-03-01T12:00:00.123Z"},
               "regionalEndpoints":"Enabled","regionalEndpointHostNames":["contoso.WestEurope.geo.azurecr.io"]}}
            """));

        var state = (await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Value!;

        Assert.Equal(("contoso", ArmRig.Id, "contoso.azurecr.io", "westeurope", "Premium", "Succeeded"), (state.Name, state.ResourceId, state.LoginServer, state.HomeRegion, state.Sku, state.ProvisioningState));
        Assert.Equal(("Ready", new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero)), (state.Status!.Text, state.Status.At));
        Assert.True(state.RegionalEndpoints);
        Assert.Equal(["contoso.westeurope.geo.azurecr.io"], state.RegionalEndpointHosts);

        // Regional endpoints are in preview versions only.
        Assert.Equal("?api-version=2026-03-01-preview", rig.Server.Requests.Single().Query);
        Assert.NotNull(rig.Server.Requests.Single().Header("x-ms-client-request-id"));
    }

    [Fact]
    public async Task Get_SilentService_IsToleratedAndNotMadeUp()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.Id, $$$$$"""{"id":"{{{{{ArmRig.Id}}}}}","name":"contoso","location":"westeurope","properties":{"loginServer":"contoso.azurecr.io","status":null}}"""));

        var state = (await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Value!;

        Assert.Equal((null, null, null, null), (state.Status, state.Sku, state.ProvisioningState, state.RegionalEndpoints));
        Assert.Empty(state.RegionalEndpointHosts);
    }

    [Fact]
    public async Task Get_NotThere_IsAnAbsentValue()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 404, """{"error":{"code":"ResourceNotFound","message":"not found"}}"""));

        var result = await rig.Registries.GetAsync(ArmRig.Registry, Cancel);

        Assert.True(result.IsOk);
        Assert.Null(result.Value);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("""{"id":"x","name":"contoso","properties":{"loginServer":7}}""")]
    [InlineData("""{"id":"x","name":"contoso","properties":null}""")]
    public async Task Get_SomethingElse_IsAFailureNotAValue(string body)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 200, body));

        var failure = Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);

        Assert.Equal(("answer-senseless", 200, false), (failure.Code, failure.Status, failure.IsTransient));
    }

    [Fact]
    public async Task List_Pages_AreFollowed()
    {
        await using var rig = await ArmRig.StartAsync(
            ScriptStep.Get(ListPath, Page("one", $"{ArmRig.Host}{ListPath}?api-version=2026-03-01-preview&$skiptoken=a%2Fb")) with { Times = 1 },
            ScriptStep.Get(ListPath, Page("two", "")));

        Assert.Equal(["one", "two"], (await rig.Registries.ListAsync(ArmRig.Subscription, Cancel)).Value.Select(state => state.Name));

        // A link is taken as it is, encoding and all.
        Assert.Equal("?api-version=2026-03-01-preview&$skiptoken=a%2Fb", rig.Server.Requests[1].Query);
    }

    [Theory]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"value":[],"nextLink":null}""")]
    [InlineData("{}")]
    public async Task List_Nothing_IsEmpty(string body)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ListPath, body));

        Assert.Empty((await rig.Registries.ListAsync(ArmRig.Subscription, Cancel)).Value);
    }

    [Theory]
    [InlineData("https://evil.example/next", "location-foreign")]
    [InlineData("http://management.azure.com/next", "location-foreign")]
    [InlineData("https://management.azure.com@evil.example/next", "location-foreign")]
    [InlineData("https://management.azure.com" + ListPath + "?api-version=2026-03-01-preview", "pages-endless")]
    public async Task List_LinkThatLeadsNowhereGood_IsAFailure(string link, string code)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ListPath, Page("one", link)));

        Assert.Equal(code, (await rig.Registries.ListAsync(ArmRig.Subscription, Cancel)).Error.Code);
        Assert.Single(rig.Server.Requests);
    }

    [Fact]
    public async Task List_OneRowThatMakesNoSense_SpoilsTheList()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ListPath, """{"value":[null]}"""));

        Assert.Equal("answer-senseless", (await rig.Registries.ListAsync(ArmRig.Subscription, Cancel)).Error.Code);
    }

    [Fact]
    public async Task List_SubscriptionThatIsNone_IsNotAskedFor()
    {
        await using var rig = await ArmRig.StartAsync();

        Assert.Equal(ErrorKind.Invalid, (await rig.Registries.ListAsync("a/../b", Cancel)).Error.Kind);
        Assert.Empty(rig.Server.Requests);
    }

    [Fact]
    public async Task ListUsages_Quotas_KeepUnitsAndTellNoLimitFromZero()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.Id + "/listUsages", """
            {"value":[{"name":"Size","limit":107374182400,"currentValue":12345,"unit":"Bytes"},{"name":"Webhooks","limit":100,"currentValue":0,"unit":"Count"},
                      {"name":"Geo-replications","limit":-1,"currentValue":2,"unit":"Count"}]}
            """));

        Assert.Equal(
            [new RegistryUsage("Size", 12345, 107374182400, "Bytes"), new RegistryUsage("Webhooks", 0, 100, "Count"), new RegistryUsage("Geo-replications", 2, null, "Count")],
            (await rig.Registries.ListUsagesAsync(ArmRig.Registry, Cancel)).Value);
        Assert.Equal("?api-version=2025-11-01", rig.Server.Requests.Single().Query);
    }

    private static string Page(string name, string link) =>
        $$$$$"""{"value":[{"id":"/{{{{{name}}}}}","name":"{{{{{name}}}}}","location":"westeurope","properties":{"loginServer":"{{{{{name}}}}}.azurecr.io"}}],"nextLink":"{{{{{link}}}}}"}""";
}
