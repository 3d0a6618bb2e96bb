using Azure.Core;
using Gatehouse.Azure;
using Gatehouse.Azure.KeyVault;
using Gatehouse.Core.Estate;
using Gatehouse.Registry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure.Adapters;

/// <summary>Azure's adapters as the Function app registers them, but for the credential, which has one fixed token.</summary>
internal static class AzureAdapters
{
    public static RegistryDefinition Registry(string loginServer) => new(
        "contoso",
        "/subscriptions/6f2c9b1e-0a54-4d0b-8f5e-2b7d5a1c9e03/resourceGroups/images/providers/Microsoft.ContainerRegistry/registries/contoso",
        loginServer,
        "westeurope",
        "a",
        [new ReplicaDefinition("contoso", "westeurope", loginServer)]);

    /// <param name="registry">The only one of the estate.</param>
    public static ServiceProvider Connect(RegistryDefinition registry, params ReadOnlySpan<(string Key, string? Value)> settings)
    {
        var configuration = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }

        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build())
            .AddSingleton<IEstateProvider>(new OneRegistry(registry))
            .AddSingleton<TokenCredential>(new OneToken())
            .AddLogging()
            .AddGatehouseRegistry()
            .AddGatehouseAzure()
            .AddKeyVaultCheckpointSigner()
            .BuildServiceProvider();
    }

    private sealed class OneRegistry(RegistryDefinition registry) : IEstateProvider
    {
        public Task<EstateMap> GetAsync(CancellationToken cancellationToken) => Task.FromResult(new EstateMap([registry]));
    }

    private sealed class OneToken : TokenCredential
    {
        private readonly AccessToken _token = new(SampleTokens.Jwt("entra"), DateTimeOffset.MaxValue);

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => _token;

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(_token);
    }
}
