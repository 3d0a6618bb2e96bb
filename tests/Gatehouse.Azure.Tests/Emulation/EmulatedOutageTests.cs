using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Scopes;
using Gatehouse.Emulator.Requests;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Gatehouse.Azure.Tests.Emulation;

/// <summary>The home region is away, control plane and replica: nothing can be brought in, and what is there is served from elsewhere.</summary>
[Collection(FaultyRegistryCollection.Name)]
public sealed class EmulatedOutageTests(EmulatorFixture emulator)
{
    private const string Repository = "mirror/outage";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Emulator.Registries.EmulatedRegistry Emulated => emulator.Host.Registry(EmulatorFixture.Faulty);

    [Fact]
    public async Task HomeRegion_Down_RefusesImportsAndServesFromTheOtherRegion()
    {
        var whole = emulator.EstateOf(EmulatorFixture.Faulty).Registries[0];
        var registry = whole with { Replicas = [.. whole.Replicas.Where(replica => replica.Region is "westeurope" or "northeurope")] };
        var other = registry.Replicas.Single(replica => replica != registry.Home);
        var image = await emulator.PushAsync("team/outage", "layer", Cancel);
        await ReleaseAsync(registry, other, image);

        Emulated.Replica("westeurope").Faults.Down = true;
        Emulated.Requests.Reset();
        try
        {
            // A process that starts during the outage has no token yet.
            await using var services = emulator.Build(new EstateMap([registry]), ("Gatehouse:Azure:RetryDelay", "00:00:00.001"));

            var refused = Assert.IsType<ImportProgress.Failed>(await services.GetRequiredService<IImageImporter>().StartAsync(registry, new ImportRequest(image, image.Digest!.Value, "mirror/new"), Cancel));
            Assert.Equal((true, true, "ServiceUnavailable"), (refused.Retryable, refused.NotStarted, refused.Code));

            var client = services.GetRequiredService<IRegistryClientFactory>().Create(other.Endpoint);
            Assert.Equal(image.Digest, (await client.GetManifestAsync(Repository, "1.0", Cancel)).Value.Digest);
            Assert.Equal([new TagRow("1.0", image.Digest.Value, Locked: true)], (await services.GetRequiredService<IReplicaReader>().ListTagsAsync(other, Repository, Cancel)).Rows);
            Assert.True(Emulated.Requests.Snapshot().Count(RequestKind.Exchange, "POST") > 0, "the other region's token service was not asked");

            var health = await ProbeAsync(services, registry, image);
            Assert.Equal(ReplicaHealth.Healthy, health[other.Region].Health);
            Assert.Equal(0, health[other.Region].Missing);
            Assert.NotEqual(ReplicaHealth.Healthy, health[registry.HomeRegion].Health);
        }
        finally
        {
            Emulated.Replica("westeurope").Faults.Down = false;
        }
    }

    /// <summary>Imported, tagged and locked at home, and arrived in the other region.</summary>
    private async Task ReleaseAsync(RegistryDefinition registry, ReplicaDefinition other, ImageReference image)
    {
        await using var services = emulator.Build(new EstateMap([registry]));
        var (importer, reader) = (services.GetRequiredService<IImageImporter>(), services.GetRequiredService<IReplicaReader>());
        var progress = await importer.StartAsync(registry, new ImportRequest(image, image.Digest!.Value, Repository), Cancel);
        while (progress is ImportProgress.Running running)
        {
            progress = await importer.PollAsync(registry, running.Location, Cancel);
        }

        Assert.IsType<ImportProgress.Done>(progress);
        Assert.IsType<PublishOutcome.Published>(await services.GetRequiredService<IRegistryPublisher>().PublishAsync(registry, Repository, "1.0", image.Digest.Value, Cancel));
        while ((await reader.ListTagsAsync(other, Repository, Cancel)).Rows is not [{ Locked: true }] || (await reader.ListManifestsAsync(other, Repository, Cancel)).Rows is not [{ Locked: true }])
        {
            Cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The estate's own probe, over the production adapters.</summary>
    private static async Task<Dictionary<string, ReplicaStatus>> ProbeAsync(ServiceProvider azure, RegistryDefinition registry, ImageReference image)
    {
        using var directory = new TempDirectory();
        await using var records = await EmbeddedRecordStore.OpenAsync(new EmbeddedStoreOptions { Directory = directory.Path }, NullLogger.Instance, Cancel);
        await using var core = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IRecordStore>(records)
            .AddSingleton(Mock.Of<ILedgerInbox>())
            .AddSingleton(Mock.Of<IExpectedImages>())
            .AddSingleton(azure.GetRequiredService<IEstateProvider>())
            .AddSingleton(azure.GetRequiredService<IReplicaReader>())
            .AddGatehouseEstate()
            .BuildServiceProvider();
        await core.GetRequiredService<IReleasedImages>().AddAsync(
            new ReleasedImage(Repository, image.Digest!.Value, ["1.0"], [], image, Scope.Parse("contoso").Value, "intake", DateTimeOffset.UnixEpoch), Cancel);
        var monitor = core.GetRequiredService<IEstateMonitor>();

        await monitor.ProbeAsync(Cancel);

        return (await monitor.GetStatusAsync(Cancel)).Where(status => status.Registry == registry.Name).ToDictionary(status => status.Region);
    }
}
