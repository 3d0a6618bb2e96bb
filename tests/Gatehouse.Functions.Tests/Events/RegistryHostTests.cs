using System.Text.Json.Nodes;
using Gatehouse.Core.Estate;
using Gatehouse.Functions.Tests.Support;
using Moq;

namespace Gatehouse.Functions.Tests.Events;

/// <summary>Which registry a push is of, when Event Grid leaves out the request that made it.</summary>
public sealed class RegistryHostTests
{
    private const string Provider = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/";

    [Fact]
    public async Task Push_WithARequest_WentWhereThatSays()
    {
        await using var host = await StartAsync();
        await host.TriggerAsync("OnRegistryEvent", GridEvents.Push("e"));
        Assert.Equal(["reg.azurecr.io"], host.Hosts);
    }

    [Theory]
    [InlineData("reg")]
    [InlineData("REG")]
    [InlineData("reg/replications/westeurope")]
    public async Task Push_WithoutARequest_WentToTheEstatesHostOfThatArmId(string registry)
    {
        await using var host = await StartAsync();
        await host.TriggerAsync("OnRegistryEvent", Push(topic: Provider + registry));
        Assert.Equal(["reg-own.example:5000"], host.Hosts);
    }

    [Fact]
    public async Task Push_WhoseSubjectHasTheArmId_WentThere()
    {
        await using var host = await StartAsync();
        await host.TriggerAsync("OnRegistryEvent", Push(topic: "/subscriptions/s/resourceGroups/g", subject: Provider + "reg"));
        Assert.Equal(["reg-own.example:5000"], host.Hosts);
    }

    [Theory]
    [InlineData("AzurePublicCloud", "stranger.azurecr.io")]
    [InlineData("AzureUSGovernment", "stranger.azurecr.us")]
    [InlineData("AzureChinaCloud", "stranger.azurecr.cn")]
    public async Task Push_ToARegistryOutsideOfTheEstate_WentToItsNameInOurCloud(string cloud, string expected)
    {
        await using var host = await StartAsync(("Gatehouse:Azure:Cloud", cloud));
        await host.TriggerAsync("OnRegistryEvent", Push(topic: Provider + "Stranger"));
        Assert.Equal([expected], host.Hosts);
    }

    /// <summary>The same name in another group is another registry.</summary>
    [Fact]
    public async Task Push_ToANamesakeElsewhere_IsNotTakenForOurs()
    {
        await using var host = await StartAsync(("Gatehouse:Estate:RegistrySuffix", "registry.example"));
        await host.TriggerAsync("OnRegistryEvent", Push(topic: Provider.Replace("/g/", "/other/", StringComparison.Ordinal) + "reg"));
        Assert.Equal(["reg.registry.example"], host.Hosts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/subscriptions/s/registries/")]
    public async Task Push_ThatNamesNoRegistry_IsKept(string topic)
    {
        await using var host = await StartAsync();
        await host.TriggerAsync("OnRegistryEvent", Push(topic));
        Assert.Empty(host.Hosts);
        Assert.Equal("event-malformed", Assert.Single(await host.KeptAsync())["kept"]!["code"]!.GetValue<string>());
    }

    /// <summary>The subject of a push is its repository and tag, which may look like the end of an ARM id.</summary>
    [Theory]
    [InlineData("", "team/registries/app:1.0")]
    [InlineData("", "/providers/Microsoft.ContainerRegistry/registries/app")]
    [InlineData("", "x/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/app")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Other/registries/reg", "app:1.0")]
    [InlineData(Provider + "app:1.0", "app:1.0")]
    [InlineData(Provider + "evil.example", "app:1.0")]
    [InlineData(Provider, "app:1.0")]
    public async Task Push_WhoseTextOnlyLooksLikeAnArmId_IsKept(string topic, string subject)
    {
        await using var host = await StartAsync();
        await host.TriggerAsync("OnRegistryEvent", Push(topic, subject));
        Assert.Empty(host.Hosts);
        Assert.Equal("event-malformed", Assert.Single(await host.KeptAsync())["kept"]!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/Label-abc123", "label-abc123.azurecr.io")]
    [InlineData("/SUBSCRIPTIONS/s/resourcegroups/g/providers/microsoft.containerregistry/REGISTRIES/reg", "reg-own.example:5000")]
    public async Task Push_WhoseArmIdIsOfAnotherCaseOrHasALabel_WentThere(string topic, string expected)
    {
        await using var host = await StartAsync();
        await host.TriggerAsync("OnRegistryEvent", Push(topic));
        Assert.Equal([expected], host.Hosts);
    }

    private static async Task<HookedHost> StartAsync(params (string Key, string? Value)[] settings)
    {
        var host = await HookedHost.StartAsync(settings);
        var ours = new RegistryDefinition("reg", Provider + "reg", "reg-own.example:5000", "westeurope", "a", []);
        host.Api.EstateMap.Setup(estate => estate.GetAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new EstateMap([ours]));
        return host;
    }

    private static string Push(string topic, string? subject = null)
    {
        var push = JsonNode.Parse(GridEvents.Push("e"))!;
        push["topic"] = topic;
        push["subject"] = subject ?? push["subject"]!.GetValue<string>();
        push["data"]!.AsObject().Remove("request");
        return push.ToJsonString();
    }
}
