using Gatehouse.Azure.Checkpoints;
using Gatehouse.Azure.Events;
using Gatehouse.Azure.KeyVault;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Storage;
using Gatehouse.Core.Estate;
using Gatehouse.Registry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Tests.Options;

public class AzureCloudTests
{
    private const string Storage = "https://storage.azure.com/.default";

    [Theory]
    [InlineData("AzurePublicCloud", "https://management.azure.com/", "https://management.azure.com/.default", "https://login.microsoftonline.com/", "azurecr.io")]
    [InlineData("azureusgovernment", "https://management.usgovcloudapi.net/", "https://management.usgovcloudapi.net/.default", "https://login.microsoftonline.us/", "azurecr.us")]
    [InlineData("AzureChinaCloud", "https://management.chinacloudapi.cn/", "https://management.chinacloudapi.cn/.default", "https://login.chinacloudapi.cn/", "azurecr.cn")]
    public void Cloud_Name_DecidesHostsScopesAndSuffix(string cloud, string arm, string scope, string authority, string suffix)
    {
        using var services = Services(("Gatehouse:Azure:Cloud", cloud));
        var options = services.GetRequiredService<IOptions<AzureOptions>>().Value;

        Assert.Equal((arm, scope, authority), (options.ArmUri.AbsoluteUri, options.ArmTokenScope, options.Authority.AbsoluteUri));
        Assert.Equal("https://containerregistry.azure.net/.default", options.AcrTokenScope);
        Assert.Equal(suffix, services.GetRequiredService<IOptions<EstateOptions>>().Value.RegistrySuffix);
    }

    [Theory]
    [InlineData("AzurePublicCloud", "https://vault.azure.net/.default", "https://eventgrid.azure.net/.default")]
    [InlineData("AzureUSGovernment", "https://vault.usgovcloudapi.net/.default", "https://eventgrid.azure.us/.default")]
    [InlineData("AzureChinaCloud", "https://vault.azure.cn/.default", "https://eventgrid.azure.cn/.default")]
    public void Cloud_Name_DecidesTheScopesOfEachService(string cloud, string vault, string topic)
    {
        using var services = Services(("Gatehouse:Azure:Cloud", cloud));

        Assert.Equal((vault, topic, Storage, Storage), ScopesOf(services));
    }

    [Fact]
    public void Cloud_EachServicesScope_HasAKeyThatOverridesIt()
    {
        using var services = Services(
            ("Gatehouse:Azure:Cloud", "AzureChinaCloud"),
            ("Gatehouse:Azure:KeyVault:Scope", "https://vault.example/.default"),
            ("Gatehouse:Azure:EventGrid:Scope", "https://topic.example/.default"),
            ("Gatehouse:Azure:Storage:Scope", "https://storage.example/.default"),
            ("Gatehouse:Azure:Checkpoints:Scope", "https://blob.example/.default"));

        Assert.Equal(("https://vault.example/.default", "https://topic.example/.default", "https://storage.example/.default", "https://blob.example/.default"), ScopesOf(services));
    }

    [Fact]
    public void Cloud_EachDefault_HasAKeyThatOverridesIt()
    {
        using var services = Services(
            ("Gatehouse:Azure:Cloud", "AzureUSGovernment"),
            ("Gatehouse:Azure:ArmEndpoint", "https://arm.example"),
            ("Gatehouse:Azure:ArmScope", "https://arm.example/.default"),
            ("Gatehouse:Azure:AuthorityHost", "https://login.example"),
            ("Gatehouse:Azure:AcrScope", "https://acr.example/.default"),
            ("Gatehouse:Estate:RegistrySuffix", "registry.example"));
        var options = services.GetRequiredService<IOptions<AzureOptions>>().Value;

        Assert.Equal(
            ("https://arm.example/", "https://arm.example/.default", "https://login.example/", "https://acr.example/.default"),
            (options.ArmUri.AbsoluteUri, options.ArmTokenScope, options.Authority.AbsoluteUri, options.AcrTokenScope));
        Assert.Equal("registry.example", services.GetRequiredService<IOptions<EstateOptions>>().Value.RegistrySuffix);
    }

    private static (string? Vault, string? Topic, string? Storage, string? Checkpoints) ScopesOf(IServiceProvider services) => (
        services.GetRequiredService<IOptions<KeyVaultOptions>>().Value.Scope,
        services.GetRequiredService<IOptions<EventGridOptions>>().Value.Scope,
        services.GetRequiredService<IOptions<AzureStorageOptions>>().Value.Scope,
        services.GetRequiredService<IOptions<CheckpointContainerOptions>>().Value.Scope);

    private static IConfiguration Configuration((string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gatehouse:Azure:EventGrid:TopicEndpoint"] = "https://topic.example/api/events",
            ["Gatehouse:Azure:Storage:ConnectionString"] = "UseDevelopmentStorage=true",
        })
        .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value))
        .Build();

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton(Configuration(settings))
        .AddKeyVaultOptions()
        .AddEventGridTopic()
        .AddAzureStorage()
        .AddCheckpointContainer(Configuration(settings))
        .AddLogging()
        .AddGatehouseEstate()
        .AddGatehouseRegistry()
        .AddGatehouseAzure()
        .BuildServiceProvider();
}
