using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate;
using Gatehouse.Registry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Tests.Options;

public class AzureCloudTests
{
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

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value)).Build())
        .AddLogging()
        .AddGatehouseEstate()
        .AddGatehouseRegistry()
        .AddGatehouseAzure()
        .BuildServiceProvider();
}
