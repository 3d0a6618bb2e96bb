using System.Text.RegularExpressions;
using Gatehouse.Azure.Arm;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate.Control;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Arm;

/// <summary>A preview that Resource Manager does not know, or no more, costs us what only it tells, and nothing else.</summary>
public sealed class PreviewFallbackTests
{
    private const string Stable = "?api-version=2025-11-01";
    private const string Preview = "?api-version=2026-03-01-preview";
    private const string ListPath = $"/subscriptions/{ArmRig.Subscription}/providers/Microsoft.ContainerRegistry/registries";
    private const string State = $$$"""{"id":"{{{ArmRig.Id}}}","name":"contoso","location":"westeurope","properties":{"loginServer":"contoso.azurecr.io","provisioningState":"Succeeded"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, "InvalidApiVersionParameter")]
    [InlineData(400, "NoRegisteredProviderFound")]
    [InlineData(400, "InvalidResourceType")]
    [InlineData(404, "InvalidResourceType")]
    public async Task Get_PreviewUnknown_ReadsTheStableVersionAndRemembers(int status, string code)
    {
        await using var rig = await ArmRig.StartAsync(Unknown(ArmRig.Id, status, code), ScriptStep.Get(ArmRig.Id, State), ScriptStep.Get(ListPath, $$$"""{"value":[{{{State}}}]}"""));

        for (var i = 0; i < 2; i++)
        {
            var state = (await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Value!;
            Assert.Equal(("Succeeded", (bool?)null), (state.ProvisioningState, state.RegionalEndpoints));
        }

        Assert.Single((await rig.Registries.ListAsync(ArmRig.Subscription, Cancel)).Value);
        Assert.Equal([Preview, Stable, Stable, Stable], rig.Server.Requests.Select(request => request.Query));
        var told = Assert.Single(rig.Logs.Entries, entry => entry.Event == "PreviewUnknown");
        Assert.Equal((code, rig.Server.Requests[0].Header("x-ms-client-request-id")), (told.Values["Code"], told.Values["ClientRequestId"]));
    }

    [Fact]
    public async Task Get_AfterSomeHours_AsksForThePreviewAgain()
    {
        await using var rig = await ArmRig.StartAsync(Unknown(ArmRig.Id, 400, "NoRegisteredProviderFound") with { Times = 1 }, ScriptStep.Get(ArmRig.Id, State));

        await rig.Registries.GetAsync(ArmRig.Registry, Cancel);
        rig.Clock.Advance(PreviewFallback.Remembered - TimeSpan.FromTicks(1));
        await rig.Registries.GetAsync(ArmRig.Registry, Cancel);
        rig.Clock.Advance(TimeSpan.FromTicks(1));
        await rig.Registries.GetAsync(ArmRig.Registry, Cancel);

        Assert.Equal([Preview, Stable, Stable, Preview], rig.Server.Requests.Select(request => request.Query));
    }

    [Theory]
    [InlineData(400, "InvalidRequestContent")]
    [InlineData(403, "AuthorizationFailed")]
    [InlineData(429, "NoRegisteredProviderFound")]
    public async Task Get_RefusedOtherwise_IsAFailureOfThePreview(int status, string code)
    {
        await using var rig = await ArmRig.StartAsync(Unknown(ArmRig.Id, status, code));

        Assert.Equal(code, (await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error.Code);
        Assert.Equal(Preview, Assert.Single(rig.Server.Requests).Query);
    }

    [Fact]
    public async Task Get_NeitherVersionKnown_IsAFailure()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 400, """{"error":{"code":"NoRegisteredProviderFound","message":"x"}}"""));

        Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);
        Assert.Equal([Preview, Stable], rig.Server.Requests.Select(request => request.Query));
    }

    /// <summary>What the deployment makes, the program must be able to read.</summary>
    [Fact]
    public void Default_IsTheVersionTheDeploymentMakesRegistriesWith()
    {
        var bicep = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(bicep.FullName, "infra", "bicep")))
        {
            bicep = bicep.Parent ?? throw new DirectoryNotFoundException("infra/bicep is in no directory above the tests.");
        }

        var versions = Directory.EnumerateFiles(Path.Combine(bicep.FullName, "infra", "bicep"), "*.bicep", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"'Microsoft\.ContainerRegistry/registries@(?<version>[^']+-preview)'", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            .Select(match => match.Groups["version"].Value)
            .Distinct();

        Assert.Equal([new AzureOptions().ArmPreviewApiVersion], versions);
    }

    private static ScriptStep Unknown(string path, int status, string code) =>
        ArmRig.Answer("GET", path, status, $$$"""{"error":{"code":"{{{code}}}","message":"No registered resource provider found for location 'westeurope' and API version '2026-03-01-preview'."}}""") with
        {
            When = request => request.Query == Preview,
        };
}
