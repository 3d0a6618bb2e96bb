using Gatehouse.Emulator.Arm;
using Gatehouse.Emulator.Distribution;
using Gatehouse.Emulator.Events;
using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Imports;
using Gatehouse.Emulator.KeyVault;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Tokens;
using Gatehouse.Emulator.Topics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Hosting;

/// <summary>Everything that runs, put together.</summary>
internal sealed class EmulatorRuntime : IAsyncDisposable
{
    /// <summary>Somebody may take a port between its being found free and the emulator's listening on it.</summary>
    private const int PortTries = 3;

    private readonly EmulatorServices _services;
    private readonly FileStream _lock;
    private readonly Dictionary<EmulatedRegistry, RegistryPipeline> _pipelines;
    private readonly ImportService _imports;
    private readonly ArmService _arm;
    private readonly EventGrid _events;
    private readonly BlobUrls _urls;
    private readonly IdentityEndpoint _identity;
    private readonly VaultService _vault;
    private readonly List<EndpointTag> _endpoints;
    private readonly EndpointTag _data;
    private WebApplication? _app;

    public EmulatorRuntime(EmulatorOptions options, EmulatorServices services)
    {
        (Options, _services) = (options, services);
        Directory.CreateDirectory(options.DataDirectory);

        // One emulator per directory; the operating system lets go of the file when a process dies.
        _lock = new FileStream(Path.Combine(options.DataDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Registries = [.. options.Registries.Select(registry => new EmulatedRegistry(registry, options, services.Clock, services.Entropy))];
        _data = new EndpointTag(EndpointRole.Data, "data", options.DataPort);
        Arm = new EndpointTag(EndpointRole.Arm, "arm", options.ArmPort);
        IdentityTag = new EndpointTag(EndpointRole.Identity, "identity", options.IdentityPort);
        Vault = new EmulatedVault(options, services);
        _endpoints = [.. Registries.SelectMany(Endpoints), _data, Arm, IdentityTag, Vault.Tag];

        IdentityHeader = Convert.ToHexString(Key("identity"));
        Entra = new EntraTokens(new Jwt(Key("entra")), services.Clock, services.Entropy, options.TenantId);
        _identity = new IdentityEndpoint(Entra, IdentityHeader);
        _vault = new VaultService(Vault, Entra, services.Entropy, options.TenantId);
        _urls = new BlobUrls(Key("blobs"), services.Clock, options.BlobUrlLifetime, () => _data.Port);
        _pipelines = Registries.ToDictionary(
            registry => registry,
            registry => new RegistryPipeline(registry, new Jwt(Key("token-" + registry.Name.ToLowerInvariant())), Entra, _urls, options.BlobRedirect, services.Clock, services.Entropy));
        _imports = new ImportService(options.DataDirectory, services, () => Registries);
        _arm = new ArmService(options, Registries, Entra, _imports, services.Clock, services.Entropy, () => $"localhost:{_data.Port}", () => Arm.Host);
        Topics = new TopicService(options, services, Entra);
        _endpoints.AddRange(Topics.Endpoints);
        _events = new EventGrid(options, services, Registries, Topics.All, () => IdentityTag.Host);
    }

    public EmulatorOptions Options { get; }

    public IReadOnlyList<EmulatedRegistry> Registries { get; }

    public EndpointTag Arm { get; }

    public EndpointTag IdentityTag { get; }

    public EmulatedVault Vault { get; }

    public string IdentityHeader { get; }

    public EventGrid Events => _events;

    public TopicService Topics { get; }

    public EntraTokens Entra { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var certificate = Certificates.LoadOrCreate(Options.DataDirectory);
        var ports = new PortBook(Options.DataDirectory);
        for (var tries = 1; _app is null; tries++)
        {
            ports.Propose(_endpoints);
            try
            {
                _app = await KestrelApp.StartAsync(_endpoints, certificate, HandleAsync, _services.LoggerFactory, cancellationToken);
            }
            catch (IOException exception) when (exception.InnerException is AddressInUseException && tries < PortTries && _endpoints.Exists(endpoint => endpoint.WantedPort == 0))
            {
                Log.PortsTaken(_services.LoggerFactory.CreateLogger<EmulatorHost>());
            }
        }

        ports.Remember(_endpoints);
        foreach (var endpoint in _endpoints)
        {
            if (endpoint.Replica is { } replica)
            {
                replica.Endpoint = endpoint.Host;
            }
            else if (endpoint.Registry is { } registry)
            {
                registry.LoginServer = endpoint.Host;
                if (registry.Kind == RegistryKind.Plain)
                {
                    registry.Home.Endpoint = endpoint.Host;
                }
            }
        }

        _events.Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
        }

        await _imports.DisposeAsync();
        await _events.DisposeAsync();
        foreach (var (registry, pipeline) in _pipelines)
        {
            await pipeline.DisposeAsync();
            registry.Store.Dispose();
        }

        Vault.Dispose();
        await _lock.DisposeAsync();
    }

    private static IEnumerable<EndpointTag> Endpoints(EmulatedRegistry registry)
    {
        yield return new EndpointTag(EndpointRole.Registry, "global", registry.Options.Port, registry);
        if (registry.Kind == RegistryKind.Acr)
        {
            foreach (var (region, replica) in registry.Options.Regions.Zip(registry.Replicas))
            {
                yield return new EndpointTag(EndpointRole.Registry, region.Name, region.Port, registry, replica);
            }
        }
    }

    private Task HandleAsync(HttpContext http)
    {
        var endpoint = http.Features.Get<EndpointTag>() ?? throw new InvalidOperationException("The connection has no endpoint.");
        return endpoint.Role switch
        {
            EndpointRole.Registry => _pipelines[endpoint.Registry!].HandleAsync(http, endpoint),
            EndpointRole.Data => _urls.HandleAsync(http, Registries),
            EndpointRole.Arm => _arm.HandleAsync(http),
            EndpointRole.Topic => Topics.HandleAsync(http, endpoint),
            EndpointRole.Vault => _vault.HandleAsync(http),
            _ when http.Request.Path == Handshake.Path => _events.ConfirmAsync(http),
            _ => _identity.HandleAsync(http),
        };
    }

    private byte[] Key(string name) => KeyFile.LoadOrCreate(Path.Combine(Options.DataDirectory, "keys", name + ".key"), _services.Entropy);
}
