using System.Text.Json;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Images;
using Gatehouse.Core.Proxy;
using Gatehouse.Emulator.Requests;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Emulation;

/// <summary>The control plane, whole and broken, with the real managed identity credential; on a registry of its own.</summary>
[Collection(FaultyRegistryCollection.Name)]
public sealed class EmulatedControlTests : IDisposable
{
    private readonly EmulatorFixture _emulator;
    private readonly RegistryDefinition _registry;
    private readonly ServiceProvider _services;

    public EmulatedControlTests(EmulatorFixture emulator)
    {
        _emulator = emulator;
        var estate = emulator.EstateOf(EmulatorFixture.Faulty);
        _registry = estate.Registries[0];
        _services = emulator.Build(estate, ("Gatehouse:Azure:RetryDelay", "00:00:00.001"), ("Gatehouse:Azure:MaxRetryDelay", "00:00:02"));
        Registry.Requests.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Emulator.Registries.EmulatedRegistry Registry => _emulator.Host.Registry(EmulatorFixture.Faulty);

    private IReplicationControl Replications => _services.GetRequiredService<IReplicationControl>();

    private IImageImporter Importer => _services.GetRequiredService<IImageImporter>();

    private IReplicaReader Reader => _services.GetRequiredService<IReplicaReader>();

    private ReplicaDefinition Home => _registry.Replicas.First(replica => replica.Region == _registry.HomeRegion);

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Registry_GetListUsages_AgreeWithTheEstate()
    {
        var control = _services.GetRequiredService<IRegistryControl>();

        var state = (await control.GetAsync(_registry, Cancel)).Value!;
        var all = (await control.ListAsync(Registry.ResourceId!.Split('/')[2], Cancel)).Value;
        var usages = (await control.ListUsagesAsync(_registry, Cancel)).Value;

        Assert.Equal((_registry.LoginServer, _registry.HomeRegion, "Premium", true), (state.LoginServer, state.HomeRegion, state.Sku, state.RegionalEndpoints));
        Assert.Contains(Home.Endpoint, state.RegionalEndpointHosts);
        Assert.Contains(all, other => other.ResourceId == _registry.ResourceId);
        Assert.Contains(usages, usage => usage is { Name: "Geo-replications", Limit: null, Current: >= 2 });
        Assert.Null((await control.GetAsync(_registry with { ResourceId = _registry.ResourceId + "x" }, Cancel)).Value);
    }

    [Fact]
    public async Task Replica_CreatedRoutedAndDeleted_IsFollowedFromAStoredOperation()
    {
        Assert.Null((await Replications.GetAsync(_registry, "eastus", Cancel)).Value);
        var created = Assert.IsType<ControlProgress.Running>(await Replications.CreateAsync(_registry, "eastus", routingEnabled: true, Cancel));
        Assert.Equal(ControlOperationStyle.AsyncOperation, created.Operation.Style);

        // Another process takes it up from where it was stored.
        var stored = JsonSerializer.Deserialize<ControlOperation>(JsonSerializer.Serialize(created.Operation))!;
        await using var others = _emulator.Build(new EstateMap([_registry]));
        await EndAsync(new ControlProgress.Running(stored, null), others.GetRequiredService<IControlOperations>());
        Assert.Equal((true, true), ((await Replications.GetAsync(_registry, "eastus", Cancel)).Value!.IsReady, Registry.Replica("eastus").IsProvisioned));

        await EndAsync(await Replications.SetRoutingAsync(_registry, "eastus", enabled: false, Cancel));
        Assert.False(Assert.Single((await Replications.ListAsync(_registry, Cancel)).Value, replica => replica.Region == "eastus").RoutingEnabled);

        var deleted = Assert.IsType<ControlProgress.Running>(await Replications.DeleteAsync(_registry, "eastus", Cancel));
        Assert.Equal(ControlOperationStyle.Location, deleted.Operation.Style);
        await EndAsync(deleted);
        Assert.Null((await Replications.GetAsync(_registry, "eastus", Cancel)).Value);
        Assert.IsType<ControlProgress.Done>(await Replications.DeleteAsync(_registry, "eastus", Cancel));
    }

    [Fact]
    public async Task Replica_CreationThatFails_SaysWhyAndDeletionOfHomeIsRefused()
    {
        Registry.Faults.FailNextArmOperation("SubnetFull", "no free IP");
        var failed = Assert.IsType<ControlProgress.Failed>(await FinishAsync(await Replications.CreateAsync(_registry, "eastus", true, Cancel)));
        Assert.Equal("SubnetFull", failed.Failure.Code);
        await EndAsync(await Replications.DeleteAsync(_registry, "eastus", Cancel));

        Assert.Equal(409, Assert.IsType<ControlProgress.Failed>(await Replications.DeleteAsync(_registry, Home.Region, Cancel)).Failure.Status);
    }

    [Fact]
    public async Task CacheRulesAndCredentialSets_AreMadeChangedAndUnmade()
    {
        var (rules, sets) = (_services.GetRequiredService<ICacheRules>(), _services.GetRequiredService<ICredentialSets>());
        await EndAsync(await sets.PutAsync(_registry, new CredentialSet("dockerhub", "docker.io", "https://kv.vault.azure.net/secrets/u", "https://kv.vault.azure.net/secrets/p"), Cancel));
        var set = Assert.Single((await sets.ListAsync(_registry, Cancel)).Value);
        Assert.Equal((true, "Succeeded"), (set.IsHealthy, set.ProvisioningState));
        Assert.NotNull(set.PrincipalId);
        await EndAsync(await rules.PutAsync(_registry, new CacheRule("nginx", "docker.io/library/nginx", "cache/nginx", set.ResourceId), Cancel));
        Assert.Equal(new CacheRule("nginx", "docker.io/library/nginx", "cache/nginx", set.ResourceId, "Succeeded"), (await rules.GetAsync(_registry, "nginx", Cancel)).Value);
        var overlap = Assert.IsType<ControlProgress.Failed>(await rules.PutAsync(_registry, new CacheRule("other", "mcr.microsoft.com/x", "cache/*"), Cancel));
        Assert.Equal("Conflict", overlap.Failure.Code);
        var bare = Assert.IsType<ControlProgress.Failed>(await rules.SetCredentialsAsync(_registry, "nginx", null, Cancel));
        Assert.Equal("CredentialSetRequired", bare.Failure.Code);
        await EndAsync(await sets.SetSecretsAsync(_registry, "dockerhub", "https://kv.vault.azure.net/secrets/u2", "https://kv.vault.azure.net/secrets/p2", Cancel));
        Assert.Equal("https://kv.vault.azure.net/secrets/p2", (await sets.GetAsync(_registry, "dockerhub", Cancel)).Value!.PasswordSecret);

        await EndAsync(await rules.DeleteAsync(_registry, "nginx", Cancel));
        await EndAsync(await sets.DeleteAsync(_registry, "dockerhub", Cancel));
        Assert.Empty((await rules.ListAsync(_registry, Cancel)).Value);
        Assert.Null((await sets.GetAsync(_registry, "dockerhub", Cancel)).Value);
    }

    [Fact]
    public async Task HomeRegion_Down_RefusesWritesAndAnswersReads()
    {
        Registry.Faults.ArmDown = true;
        try
        {
            var failed = Assert.IsType<ControlProgress.Failed>(await Replications.SetRoutingAsync(_registry, "northeurope", false, Cancel));
            Assert.Equal((503, true), (failed.Failure.Status, failed.Failure.IsTransient));
            Assert.True((await Replications.GetAsync(_registry, "northeurope", Cancel)).Value!.RoutingEnabled);
        }
        finally
        {
            Registry.Faults.ArmDown = false;
        }
    }

    [Fact]
    public async Task Token_ExpiredMidPoll_IsFetchedAnewAndThePollSucceeds()
    {
        var image = await _emulator.PushAsync("team/expired", "layer", Cancel);
        var started = Assert.IsType<ImportProgress.Running>(await Importer.StartAsync(_registry, Request(image, "mirror/expired"), Cancel));
        _emulator.Host.ExpireTokens();

        // The credential's own cache and Azure.Core's both still hold the old token; its audience is what ARM checks.
        Assert.IsType<ImportProgress.Done>(await FinishAsync(started));

        // Of an import that has ended one knows how many polls there are to be: the refused one, and one with a fresh token.
        _emulator.Host.ExpireTokens();
        var before = Polls;
        Assert.IsType<ImportProgress.Done>(await FinishAsync(started));
        Assert.Equal(2, Polls - before);
    }

    [Fact]
    public async Task Storm_OfThrottling_ReachesTheServiceAFewTimesOnly()
    {
        var image = await _emulator.PushAsync("team/storm", "layer", Cancel);
        Registry.Faults.ThrottleArm(TimeSpan.FromMinutes(5));
        try
        {
            var storm = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Importer.StartAsync(_registry, Request(image, "mirror/storm"), Cancel)));

            Assert.All(storm, progress => Assert.True(progress is ImportProgress.Failed { Retryable: true, RetryAfter.TotalSeconds: > 200 }, progress.ToString()));

            // As many as may run at one time, before the first is refused.
            Assert.InRange(Registry.Requests.Snapshot().Count(RequestKind.ArmImport), 1, 4);
        }
        finally
        {
            Registry.Faults.ThrottleArm(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task Connection_BrokenAfterTheImportWasAccepted_IsStartedAgainAndHarmless()
    {
        var image = await _emulator.PushAsync("team/broken", "layer", Cancel);
        Registry.Faults.BreakNextImport();

        Assert.IsType<ImportProgress.Done>(await FinishAsync(await Importer.StartAsync(_registry, Request(image, "mirror/broken"), Cancel)));

        Assert.Equal(1, Registry.Requests.Snapshot().Count(RequestKind.ArmImport, "POST") - 1);
        await OneUntaggedAsync(image, "mirror/broken");
    }

    [Fact]
    public async Task Location_Lost_TheDataPlaneTellsAndASecondStartChangesNothing()
    {
        var image = await _emulator.PushAsync("team/lost-location", "layer", Cancel);

        // The process dies here, between the answer and the commit of its location.
        Assert.IsType<ImportProgress.Running>(await Importer.StartAsync(_registry, Request(image, "mirror/lost-location"), Cancel));

        await ServedAsync(image, "mirror/lost-location");
        Assert.IsType<ImportProgress.Done>(await FinishAsync(await Importer.StartAsync(_registry, Request(image, "mirror/lost-location"), Cancel)));
        await OneUntaggedAsync(image, "mirror/lost-location");
    }

    [Fact]
    public async Task Permission_Missing_IsNamedAndNotRetried()
    {
        var image = await _emulator.PushAsync("team/denied", "layer", Cancel);
        const string Action = "Microsoft.ContainerRegistry/registries/importImage/action";
        Registry.Faults.DenyArm(Action);
        try
        {
            var failed = Assert.IsType<ImportProgress.Failed>(await Importer.StartAsync(_registry, Request(image, "mirror/denied"), Cancel));

            Assert.Equal(("AuthorizationFailed", false), (failed.Code, failed.Retryable));
            Assert.Contains(Action, failed.Message, StringComparison.Ordinal);
        }
        finally
        {
            Registry.Faults.AllowArm(Action);
        }
    }

    private static ImportRequest Request(ImageReference image, string target) => new(image, image.Digest!.Value, target);

    private long Polls => Registry.Requests.Snapshot().Count(RequestKind.ArmOperation);

    private async Task EndAsync(ControlProgress progress, IControlOperations? operations = null) => Assert.IsType<ControlProgress.Done>(await FinishAsync(progress, operations));

    private async Task<ControlProgress> FinishAsync(ControlProgress progress, IControlOperations? operations = null)
    {
        while (progress is ControlProgress.Running running)
        {
            progress = await (operations ?? _services.GetRequiredService<IControlOperations>()).PollAsync(running.Operation, Cancel);
        }

        return progress;
    }

    private async Task<ImportProgress> FinishAsync(ImportProgress progress)
    {
        while (progress is ImportProgress.Running running)
        {
            progress = await Importer.PollAsync(_registry, running.Location, Cancel);
        }

        return progress;
    }

    private async Task ServedAsync(ImageReference image, string repository)
    {
        ReplicaAnswer answer;
        do
        {
            answer = await Reader.AskAsync(Home, repository, image.Digest!.Value, Cancel);
            Assert.NotEqual(Presence.Unknown, answer.Presence);
        }
        while (answer.Presence != Presence.Served);
    }

    private async Task OneUntaggedAsync(ImageReference image, string repository)
    {
        Assert.Equal(image.Digest, Assert.Single((await Reader.ListManifestsAsync(Home, repository, Cancel)).Rows!).Digest);
        Assert.Empty((await Reader.ListTagsAsync(Home, repository, Cancel)).Rows!);
    }
}
