using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Scopes;
using Gatehouse.TestKit.Logs;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

/// <summary>An estate of one registry in three regions, with everything around it under a test's control.</summary>
internal sealed class EstateFixture : IEstateProvider, IExpectedImages
{
    public const string West = "contosohub/westeurope";
    public const string North = "contosohub/northeurope";
    public const string East = "contosohub/eastus2";
    public const string Repository = "docker.io/library/alpine";

    public EstateFixture(HealthOptions? options = null)
    {
        Options = options ?? new HealthOptions();
        Estate = new EstateMap([new RegistryDefinition(
            "contosohub",
            "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contosohub",
            "contosohub.azurecr.io",
            "westeurope",
            "hub",
            [.. new[] { "westeurope", "northeurope", "eastus2" }.Select(region => new ReplicaDefinition("contosohub", region, $"contosohub.{region}.geo.azurecr.io"))])]);
        Released = new ReleasedImages(Records, NullLogger<ReleasedImages>.Instance);
        Monitor = Create();
    }

    public HealthOptions Options { get; }

    public EstateMap Estate { get; }

    public MemoryRecordStore Records { get; } = new();

    public RecordingInbox Inbox { get; } = new();

    public FakeReplicas Replicas { get; } = new();

    /// <summary>Of the probe.</summary>
    public RecordingLogs Logs { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public HashSet<Digest> Expected { get; } = [];

    public ReleasedImages Released { get; }

    public EstateMonitor Monitor { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Another instance over the same storage.</summary>
    public EstateMonitor Create()
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var store = new ReplicaStore(Records, Inbox, Clock, options, NullLogger<ReplicaStore>.Instance);
        var probe = new ReplicaProbe(Replicas, Released, store, Clock, options, new Logger<ReplicaProbe>(new LoggerFactory([Logs])));
        var pushes = new PushJudge(Released, this, Records, Inbox, Clock, NullLogger<PushJudge>.Instance);
        return new EstateMonitor(this, probe, store, pushes, Clock, NullLogger<EstateMonitor>.Instance);
    }

    public ReplicaDefinition Replica(string id) => Estate.Replicas.Single(replica => replica.Id == id);

    public async Task<ReplicaStatus> StatusAsync(string id) =>
        (await Monitor.GetStatusAsync(Token)).Single(status => $"{status.Registry}/{status.Region}" == id);

    public Task<EstateMap> GetAsync(CancellationToken cancellationToken) => Task.FromResult(Estate);

    public Task<bool> IsExpectedAsync(string repository, Digest digest, CancellationToken cancellationToken) => Task.FromResult(Expected.Contains(digest));

    public static Digest DigestOf(string content) => Digest.OfBytes(Encoding.UTF8.GetBytes(content));

    public ReleasedImage Image(string content, string[] tags, string intake = "intake1", string repository = Repository, int minutes = 0, params string[] manifests) => new(
        repository,
        DigestOf(content),
        tags,
        [.. manifests.Select(DigestOf)],
        ImageReference.Parse("alpine:3.20").Value,
        Scope.Parse("contoso/payments").Value,
        intake,
        Clock.GetUtcNow().AddMinutes(minutes));

    /// <summary>Releases an image and has every replica list it as it should.</summary>
    public async Task ReleaseAsync(ReleasedImage image)
    {
        await Released.AddAsync(image, Token);
        foreach (var replica in Estate.Replicas)
        {
            Serve(replica.Id, image.Repository, [.. image.Manifests.Select(Row), new ManifestRow(image.Digest, true, true, image.Tags)]);
        }
    }

    public void Serve(string replica, string repository, params ManifestRow[] rows) => Replicas.Lists[(replica, repository)] = new(rows);

    private static ManifestRow Row(Digest digest) => new(digest, false, true, []);
}
