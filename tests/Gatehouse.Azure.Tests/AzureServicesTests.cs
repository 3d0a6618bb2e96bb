using Azure.Core;
using Azure.Identity;
using Gatehouse.Azure.Arm;
using Gatehouse.Azure.Imports;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Publishing;
using Gatehouse.Azure.Replicas;
using Gatehouse.Azure.Tests.Tokens;
using Gatehouse.Azure.Tokens;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Proxy;
using Gatehouse.Registry;
using Gatehouse.Registry.Auth;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Tests;

public class AzureServicesTests
{
    [Fact]
    public async Task AddGatehouseAzure_Defaults_ResolvesEveryPort()
    {
        await using var services = Services();

        Assert.IsType<ArmImageImporter>(services.GetRequiredService<IImageImporter>());
        Assert.IsType<AcrReplicaReader>(services.GetRequiredService<IReplicaReader>());
        Assert.IsType<AcrPublisher>(services.GetRequiredService<IRegistryPublisher>());
        Assert.IsType<AcrAuthenticator>(services.GetRequiredService<IRegistryAuthenticator>());
        Assert.IsType<ArmRegistryControl>(services.GetRequiredService<IRegistryControl>());
        Assert.IsType<ArmReplicationControl>(services.GetRequiredService<IReplicationControl>());
        Assert.IsType<ArmCacheRules>(services.GetRequiredService<ICacheRules>());
        Assert.IsType<ArmCredentialSets>(services.GetRequiredService<ICredentialSets>());
        Assert.Same(services.GetRequiredService<ArmOperations>(), services.GetRequiredService<IControlOperations>());
        Assert.Equal("2025-11-01", services.GetRequiredService<IOptions<AzureOptions>>().Value.ArmApiVersion);
    }

    [Theory]
    [InlineData("ManagedIdentity", typeof(ManagedIdentityCredential))]
    [InlineData("workloadidentity", typeof(WorkloadIdentityCredential))]
    [InlineData("AzureCli", typeof(AzureCliCredential))]
    [InlineData("AzureDeveloperCli", typeof(AzureDeveloperCliCredential))]
    [InlineData("AzurePowerShell", typeof(AzurePowerShellCredential))]
    [InlineData("VisualStudio", typeof(VisualStudioCredential))]
    [InlineData("Environment", typeof(EnvironmentCredential))]
    public async Task AddGatehouseAzure_Credential_IsTheOneConfigured(string kind, Type expected)
    {
        await using var services = Services(("Gatehouse:Azure:Credential", kind));

        Assert.IsType(expected, services.GetRequiredService<TokenCredential>());
    }

    [Fact]
    public async Task AddGatehouseAzure_BadOptions_DoNotStart()
    {
        await using var services = Services(("Gatehouse:Azure:Credential", "Password"), ("Gatehouse:Azure:MaxRetries", "99"));

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IImageImporter>());

        Assert.Equal(2, failure.Failures.Count());
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value)).Build())
        .AddSingleton<IEstateProvider>(new TokenRig.StubEstate("contoso.azurecr.io"))
        .AddLogging()
        .AddGatehouseRegistry()
        .AddGatehouseAzure()
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
