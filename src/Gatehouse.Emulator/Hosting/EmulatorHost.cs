using Gatehouse.Emulator.KeyVault;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Topics;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Hosting;

/// <summary>
/// Azure Container Registries in this process: the OCI data plane, tokens, <c>/acr/v1</c>, ARM, Key Vault, managed identity, regions, events and faults.
/// </summary>
public sealed class EmulatorHost : IAsyncDisposable
{
    private readonly EmulatorRuntime _runtime;

    private EmulatorHost(EmulatorRuntime runtime) => _runtime = runtime;

    internal Events.EventGrid Events => _runtime.Events;

    public IReadOnlyList<EmulatedRegistry> Registries => _runtime.Registries;

    /// <summary><c>https://127.0.0.1:port</c>, where <c>https://management.azure.com</c> would be.</summary>
    public Uri ArmEndpoint => new($"https://{_runtime.Arm.Host}");

    /// <summary>What <c>IDENTITY_ENDPOINT</c> is in App Service.</summary>
    public Uri IdentityEndpoint => new($"http://{_runtime.IdentityTag.Host}{Identity.IdentityEndpoint.Path}");

    /// <summary>What <c>IDENTITY_HEADER</c> is in App Service: a secret, the same after a restart.</summary>
    public string IdentityHeader => _runtime.IdentityHeader;

    /// <summary>A Key Vault over the same certificate as ARM.</summary>
    public EmulatedVault Vault => _runtime.Vault;

    /// <summary>PEM file of the certificate ARM and the vault answer with; trust exactly it.</summary>
    public string CertificatePath => Certificates.PathIn(_runtime.Options.DataDirectory);

    /// <exception cref="ArgumentException">There is no such registry.</exception>
    public EmulatedRegistry Registry(string name) => Registries.FirstOrDefault(registry => registry.Name == name)
        ?? throw new ArgumentException($"There is no registry '{name}'; there are {string.Join(", ", Registries.Select(registry => registry.Name))}.", nameof(name));

    /// <exception cref="ArgumentException">There is no such topic.</exception>
    public EmulatedTopic Topic(string name) => _runtime.Topics.All.FirstOrDefault(topic => topic.Name == name)
        ?? throw new ArgumentException($"There is no topic '{name}'; there are {string.Join(", ", _runtime.Topics.All.Select(topic => topic.Name))}.", nameof(name));

    /// <summary>ARM takes none of the tokens issued so far any more: 401 <c>ExpiredAuthenticationToken</c>.</summary>
    public void ExpireTokens() => _runtime.Entra.EndAll();

    /// <summary>Starts listening; all endpoints answer when this returns.</summary>
    /// <exception cref="EmulatorOptionsException">The options do not make sense.</exception>
    /// <exception cref="IOException">A configured port is taken, or another emulator uses the data directory.</exception>
    public static async Task<EmulatorHost> StartAsync(EmulatorOptions options, EmulatorServices services, CancellationToken cancellationToken)
    {
        EmulatorOptionsValidator.Check(options);
        var runtime = new EmulatorRuntime(options, services);
        try
        {
            await runtime.StartAsync(cancellationToken);
        }
        catch (IOException)
        {
            await runtime.DisposeAsync();
            throw;
        }

        var logger = services.LoggerFactory.CreateLogger<EmulatorHost>();
        foreach (var registry in runtime.Registries)
        {
            Log.RegistryStarted(logger, registry.Name, registry.Kind, registry.LoginServer, registry.Replicas.Count);
        }

        var host = new EmulatorHost(runtime);
        Log.ArmStarted(logger, host.ArmEndpoint);
        return host;
    }

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();
}
