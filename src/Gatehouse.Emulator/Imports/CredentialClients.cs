using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Tokens;
using Gatehouse.Registry;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Emulator.Imports;

/// <param name="Username">Empty when only a password, an ACR token, was given.</param>
internal sealed record ImportCredentials(string Username, string Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => Username;
}

/// <summary>A client of its own for one import, so that its credentials are used for nothing else.</summary>
internal static class CredentialClients
{
    /// <summary>The client lives as long as the provider, which the caller disposes of.</summary>
    public static (ServiceProvider Provider, IRegistryClient Client) Create(string host, ImportCredentials credentials, EmulatorServices services)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(services.Clock);
        collection.AddSingleton(services.Entropy);
        collection.AddSingleton(services.LoggerFactory);
        collection.AddLogging();
        collection.AddGatehouseRegistry();
        collection.Configure<RegistryOptions>(options => options.Upstreams[host] = new UpstreamOptions
        {
            Username = credentials.Username.Length == 0 ? RegistryTokens.RefreshTokenUser : credentials.Username,
            Password = credentials.Password,
        });
        var provider = collection.BuildServiceProvider();
        return (provider, provider.GetRequiredService<IRegistryClientFactory>().Create(host));
    }
}
