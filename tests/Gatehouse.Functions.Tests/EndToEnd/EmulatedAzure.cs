using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Registry;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>An upstream, one registry with three replicas and one with a single one, in this process.</summary>
internal sealed class EmulatedAzure : IAsyncDisposable
{
    public const string Upstream = "upstream";
    public const string Hub = "contosohub";
    public const string Edge = "contosoedge";
    public const string Topic = "governance";

    private readonly ServiceProvider _services;

    private EmulatedAzure(ServiceProvider services, EmulatorHost host) => (_services, Host) = (services, host);

    public EmulatorHost Host { get; }

    public IRegistryClientFactory Clients => _services.GetRequiredService<IRegistryClientFactory>();

    public string UpstreamHost => Host.Registry(Upstream).LoginServer;

    public IReadOnlyList<EmulatedRegistry> Estate => [Host.Registry(Hub), Host.Registry(Edge)];

    public IEnumerable<EmulatedReplica> Replicas => Estate.SelectMany(registry => registry.Replicas);

    public static async Task<EmulatedAzure> StartAsync(string directory, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddGatehouseRegistry().Configure<RegistryOptions>(options => options.AllowPrivateRegistries = true).BuildServiceProvider();
        var needs = new EmulatorServices(TimeProvider.System, new SystemEntropy(), NullLoggerFactory.Instance, services.GetRequiredService<IRegistryClientFactory>());
        return new EmulatedAzure(services, await EmulatorHost.StartAsync(Options(directory), needs, cancellationToken));
    }

    public string EstateYaml()
    {
        var yaml = new StringBuilder("apiVersion: gatehouse/v1\nkind: Estate\nregistries:\n");
        foreach (var registry in Estate)
        {
            yaml.Append($"  - name: {registry.Name}\n    resourceId: {registry.ResourceId}\n    loginServer: \"{registry.LoginServer}\"\n    home: {registry.HomeRegion}\n    regions:\n");
            foreach (var replica in registry.Replicas)
            {
                yaml.Append($"      - {{ name: {replica.Region}, endpoint: \"{replica.Endpoint}\" }}\n");
            }
        }

        return yaml.ToString();
    }

    /// <summary>Pushes an image; the same repository and tag always make the same bytes.</summary>
    /// <param name="architectures">One for a single image, more for an index.</param>
    public async Task<Digest> PushAsync(string repository, string tag, CancellationToken cancellationToken, params string[] architectures)
    {
        var client = Clients.Create(UpstreamHost);
        var manifests = new List<Descriptor>();
        foreach (var architecture in architectures)
        {
            var config = Encoding.UTF8.GetBytes($$"""{"os":"linux","architecture":"{{architecture}}","config":{"Labels":{"of":"{{repository}}:{{tag}}"} } }""");
            var layer = Encoding.UTF8.GetBytes($"the layer of {repository} for {architecture}");
            var manifest = Encoding.UTF8.GetBytes(
                $$"""
                {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}",
                 "config":{{Describe(MediaTypes.OciConfig, config)}},"layers":[{{Describe(MediaTypes.OciLayerGzip, layer)}}]}
                """);
            await PushBlobAsync(client, repository, MediaTypes.OciConfig, config, cancellationToken);
            await PushBlobAsync(client, repository, MediaTypes.OciLayerGzip, layer, cancellationToken);
            var reference = architectures.Length == 1 ? tag : Digest.OfBytes(manifest).ToString();
            var digest = (await client.PutManifestAsync(repository, reference, MediaTypes.OciManifest, manifest, cancellationToken)).Value;
            manifests.Add(new Descriptor(MediaTypes.OciManifest, digest, manifest.Length) { Platform = new Platform("linux", architecture) });
        }

        return manifests is [var only] ? only.Digest : await PushIndexAsync(client, repository, tag, manifests, cancellationToken);
    }

    /// <summary>Pushes something that refers to a manifest: by its subject, or, when a tag is given, by that tag alone.</summary>
    public async Task<Digest> PushReferrerAsync(string repository, Digest subject, string artifactType, CancellationToken cancellationToken, string? tag = null)
    {
        var client = Clients.Create(UpstreamHost);
        var content = Encoding.UTF8.GetBytes($"{artifactType} of {subject}");
        await PushBlobAsync(client, repository, MediaTypes.OciEmpty, "{}"u8.ToArray(), cancellationToken);
        await PushBlobAsync(client, repository, artifactType, content, cancellationToken);
        var refers = tag is null ? $$""","subject":{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{subject}}","size":1}""" : string.Empty;
        var manifest = Encoding.UTF8.GetBytes(
            $$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","artifactType":"{{artifactType}}",
             "config":{{Describe(MediaTypes.OciEmpty, "{}"u8.ToArray())}},"layers":[{{Describe(artifactType, content)}}]{{refers}} }
            """);
        return (await client.PutManifestAsync(repository, tag ?? Digest.OfBytes(manifest).ToString(), MediaTypes.OciManifest, manifest, cancellationToken)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static async Task<Digest> PushIndexAsync(IRegistryClient client, string repository, string tag, List<Descriptor> manifests, CancellationToken cancellationToken)
    {
        var entries = manifests.Select(manifest =>
            $$"""{"mediaType":"{{manifest.MediaType}}","digest":"{{manifest.Digest}}","size":{{manifest.Size}},"platform":{"os":"linux","architecture":"{{manifest.Platform!.Architecture}}"} }""");
        var index = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{string.Join(',', entries)}}]}""");
        return (await client.PutManifestAsync(repository, tag, MediaTypes.OciIndex, index, cancellationToken)).Value;
    }

    private static async Task PushBlobAsync(IRegistryClient client, string repository, string mediaType, byte[] content, CancellationToken cancellationToken)
    {
        var blob = new Descriptor(mediaType, Digest.OfBytes(content), content.Length);
        var pushed = await client.PushBlobAsync(repository, blob, _ => new ValueTask<Stream>(new MemoryStream(content)), cancellationToken);
        Assert.True(pushed.IsOk, pushed.IsOk ? null : pushed.Failure.ToString());
    }

    private static string Describe(string mediaType, byte[] content) =>
        $$"""{"mediaType":"{{mediaType}}","digest":"{{Digest.OfBytes(content)}}","size":{{content.Length}}}""";

    private static EmulatorOptions Options(string directory) => new()
    {
        DataDirectory = directory,
        Topics = [new EmulatedTopicOptions { Name = Topic }],
        Registries =
        [
            new EmulatedRegistryOptions { Name = Upstream, Kind = RegistryKind.Plain, AnonymousPull = true, AnonymousPush = true },
            Acr(Hub, ("westeurope", 0), ("northeurope", 60), ("eastus2", 150)),
            Acr(Edge, ("swedencentral", 0)),
        ],
    };

    private static EmulatedRegistryOptions Acr(string name, params (string Region, int LagMs)[] regions) => new()
    {
        Name = name,
        HomeRegion = regions[0].Region,
        AnonymousPull = true,
        Regions = [.. regions.Select(region => new EmulatedRegionOptions { Name = region.Region, ReplicationLag = TimeSpan.FromMilliseconds(region.LagMs) })],
    };
}
