using System.Security.Cryptography;
using System.Text;
using Gatehouse.Azure.Events;
using Gatehouse.Azure.Tests.Emulation;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Registry;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(EmulatorFixture))]

namespace Gatehouse.Azure.Tests.Emulation;

/// <summary>One emulator with an ACR in two regions and an upstream, and our services as configured for it: real credential, real TLS.</summary>
public sealed class EmulatorFixture : IAsyncLifetime
{
    /// <summary>The registry of those tests that break things; it is not in <see cref="Services"/>' estate.</summary>
    internal const string Faulty = "fabrikam";

    private const string Endpoint = "IDENTITY_ENDPOINT";
    private const string Header = "IDENTITY_HEADER";

    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _upstreamServices = new ServiceCollection().AddLogging().AddGatehouseRegistry().Configure<RegistryOptions>(options => options.AllowPrivateRegistries = true).BuildServiceProvider();
    private readonly (string?, string?) _environment = (Environment.GetEnvironmentVariable(Endpoint), Environment.GetEnvironmentVariable(Header));

    internal EmulatorHost Host { get; private set; } = null!;

    internal ServiceProvider Services { get; private set; } = null!;

    internal RegistryDefinition Registry => Estate.Registries[0];

    /// <summary>With the quarantine policy on.</summary>
    internal RegistryDefinition Careful => Estate.Registries[1];

    internal ReplicaDefinition Home => Registry.Replicas.First(replica => replica.Region == "westeurope");

    internal ReplicaDefinition Other => Registry.Replicas.First(replica => replica.Region == "northeurope");

    private EstateMap Estate { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new EmulatorOptions
        {
            DataDirectory = _directory.Path,
            Topics = [new EmulatedTopicOptions { Name = "governance" }],
            ArmOperationTime = TimeSpan.FromMilliseconds(1),
            Registries =
            [
                new EmulatedRegistryOptions
                {
                    Name = "contoso",
                    HomeRegion = "westeurope",
                    Regions = [new EmulatedRegionOptions { Name = "westeurope" }, new EmulatedRegionOptions { Name = "northeurope" }],
                },
                new EmulatedRegistryOptions
                {
                    Name = Faulty,
                    HomeRegion = "westeurope",
                    Regions = [new EmulatedRegionOptions { Name = "westeurope" }, new EmulatedRegionOptions { Name = "northeurope" }, new EmulatedRegionOptions { Name = "eastus", Provisioned = false }],
                },
                new EmulatedRegistryOptions { Name = "careful", Quarantine = true, HomeRegion = "westeurope", Regions = [new EmulatedRegionOptions { Name = "westeurope" }] },
                new EmulatedRegistryOptions { Name = "upstream", Kind = RegistryKind.Plain, AnonymousPull = true, AnonymousPush = true },
            ],
        };
        var clients = _upstreamServices.GetRequiredService<IRegistryClientFactory>();
        Host = await EmulatorHost.StartAsync(options, new EmulatorServices(TimeProvider.System, new SystemEntropy(), NullLoggerFactory.Instance, clients), CancellationToken.None);
        Estate = new EstateMap([Definition("contoso"), Definition("careful") with { Quarantine = true }]);

        Environment.SetEnvironmentVariable(Endpoint, Host.IdentityEndpoint.ToString());
        Environment.SetEnvironmentVariable(Header, Host.IdentityHeader);
        Services = Build(Estate);
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Endpoint, _environment.Item1);
        Environment.SetEnvironmentVariable(Header, _environment.Item2);
        await Services.DisposeAsync();
        await Host.DisposeAsync();
        await _upstreamServices.DisposeAsync();
        _directory.Dispose();
    }

    internal EstateMap EstateOf(string name) => new([Definition(name)]);

    /// <summary>Our services as configured for the emulator, with an identity of their own.</summary>
    internal ServiceProvider Build(EstateMap estate, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Gatehouse:Azure:ArmEndpoint"] = Host.ArmEndpoint.GetLeftPart(UriPartial.Authority),
            ["Gatehouse:Azure:TrustedCertificatePath"] = Host.CertificatePath,
            ["Gatehouse:Azure:EventGrid:TopicEndpoint"] = Host.Topic("governance").Endpoint.ToString(),
            ["Gatehouse:Azure:RetryDelay"] = "00:00:00.010",

            // Tokens are cached for the whole process by this id, and every emulator has keys of its own.
            ["Gatehouse:Azure:ManagedIdentityClientId"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString(),
        };
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<IEstateProvider>(new FixedEstate(estate))
            .AddLogging()
            .AddGatehouseRegistry()
            .AddSingleton<Microsoft.Extensions.Options.IConfigureOptions<RegistryOptions>>(provider =>
                new Microsoft.Extensions.Options.ConfigureNamedOptions<RegistryOptions>(string.Empty, provider.GetRequiredService<IConfiguration>().GetSection(RegistryOptions.Section).Bind))
            .AddGatehouseAzure()
            .AddEventGridTopic()
            .BuildServiceProvider();
    }

    /// <summary>Pushes an image of one layer to the upstream.</summary>
    internal async Task<ImageReference> PushAsync(string repository, string content, CancellationToken cancellationToken)
    {
        var client = _upstreamServices.GetRequiredService<IRegistryClientFactory>().Create(Host.Registry("upstream").LoginServer);
        var layer = Encoding.UTF8.GetBytes(content);
        var config = """{"os":"linux","architecture":"amd64"}"""u8.ToArray();
        foreach (var blob in (byte[][])[layer, config])
        {
            var descriptor = new Descriptor(MediaTypes.OciLayerGzip, Digest.OfBytes(blob), blob.Length);
            Assert.True((await client.PushBlobAsync(repository, descriptor, _ => new ValueTask<Stream>(new MemoryStream(blob)), cancellationToken)).IsOk);
        }

        var manifest = Encoding.UTF8.GetBytes(
            $$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}",
             "config":{"mediaType":"{{{MediaTypes.OciConfig}}}","digest":"{{{Digest.OfBytes(config)}}}","size":{{{config.Length}}}},
             "layers":[{"mediaType":"{{{MediaTypes.OciLayerGzip}}}","digest":"{{{Digest.OfBytes(layer)}}}","size":{{{layer.Length}}}}]}
            """);
        var digest = (await client.PutManifestAsync(repository, "1.0", MediaTypes.OciManifest, manifest, cancellationToken)).Value;
        return new ImageReference(client.Host, repository, "1.0", digest);
    }

    private RegistryDefinition Definition(string name)
    {
        var registry = Host.Registry(name);
        return new RegistryDefinition(
            name, registry.ResourceId!, registry.LoginServer, registry.HomeRegion, "a", [.. registry.Replicas.Select(replica => new ReplicaDefinition(name, replica.Region, replica.Endpoint))]);
    }

    private sealed class FixedEstate(EstateMap map) : IEstateProvider
    {
        public Task<EstateMap> GetAsync(CancellationToken cancellationToken) => Task.FromResult(map);
    }
}
