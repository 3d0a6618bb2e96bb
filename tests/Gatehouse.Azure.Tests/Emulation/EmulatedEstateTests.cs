using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Emulation;

/// <summary>The whole way against the emulator, with the real managed identity credential.</summary>
public class EmulatedEstateTests(EmulatorFixture emulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IImageImporter Importer => emulator.Services.GetRequiredService<IImageImporter>();

    private IReplicaReader Reader => emulator.Services.GetRequiredService<IReplicaReader>();

    private IRegistryPublisher Publisher => emulator.Services.GetRequiredService<IRegistryPublisher>();

    [Fact]
    public async Task Import_UpstreamDigest_IsServedByEveryReplicaUntagged()
    {
        var image = await emulator.PushAsync("team/imported", "layer-1", Cancel);

        Assert.IsType<ImportProgress.Done>(await ImportAsync(image, "mirror/imported"));

        await ServedAsync(emulator.Home, "mirror/imported", image.Digest!.Value);
        await ServedAsync(emulator.Other, "mirror/imported", image.Digest.Value);
        var row = Assert.Single((await Reader.ListManifestsAsync(emulator.Home, "mirror/imported", Cancel)).Rows!);
        Assert.Equal((image.Digest.Value, false, true), (row.Digest, row.Locked, row.Readable));
        Assert.Empty((await Reader.ListTagsAsync(emulator.Home, "mirror/imported", Cancel)).Rows!);
    }

    [Fact]
    public async Task Publish_ImportedImages_SetsMovesAndLocksTheTag()
    {
        var first = await emulator.PushAsync("team/published", "layer-1", Cancel);
        var second = await emulator.PushAsync("team/published", "layer-2", Cancel);
        Assert.IsType<ImportProgress.Done>(await ImportAsync(first, "mirror/published"));
        Assert.IsType<ImportProgress.Done>(await ImportAsync(second, "mirror/published"));
        await ServedAsync(emulator.Home, "mirror/published", first.Digest!.Value);
        await ServedAsync(emulator.Home, "mirror/published", second.Digest!.Value);

        Assert.Null((await PublishAsync(first)).Previous);
        Assert.Null((await PublishAsync(first)).Previous);
        Assert.Equal(first.Digest, (await PublishAsync(second)).Previous);

        Assert.Equal([new TagRow("1.0", second.Digest.Value, Locked: true)], (await Reader.ListTagsAsync(emulator.Home, "mirror/published", Cancel)).Rows);
        Assert.All((await Reader.ListManifestsAsync(emulator.Home, "mirror/published", Cancel)).Rows!, row => Assert.True(row.Locked));
    }

    [Fact]
    public async Task Pass_ImportedIntoQuarantine_IsWithheldUntilThen()
    {
        var image = await emulator.PushAsync("team/careful", "layer", Cancel);
        var digest = image.Digest!.Value;
        var home = emulator.Careful.Home;
        Assert.IsType<ImportProgress.Done>(await FinishAsync(await Importer.StartAsync(emulator.Careful, Request(image, "mirror/careful"), Cancel), emulator.Careful));
        Assert.Equal(Presence.Withheld, (await Reader.AskAsync(home, "mirror/careful", digest, Cancel)).Presence);
        Assert.False(Assert.Single((await Reader.ListManifestsAsync(home, "mirror/careful", Cancel)).Rows!).Readable);

        Assert.IsType<PublishOutcome.Published>(await Publisher.PassAsync(emulator.Careful, "mirror/careful", digest, "{}", Cancel));
        Assert.IsType<PublishOutcome.Published>(await Publisher.PublishAsync(emulator.Careful, "mirror/careful", "1.0", digest, Cancel));

        Assert.Equal(Presence.Served, (await Reader.AskAsync(home, "mirror/careful", digest, Cancel)).Presence);
        Assert.Equal((true, true), Assert.Single((await Reader.ListManifestsAsync(home, "mirror/careful", Cancel)).Rows!) is var row ? (row.Readable, row.Locked) : default);
    }

    [Fact]
    public async Task Attach_ToAnImportedImage_IsListedLockedAndTheSameTwice()
    {
        var image = await emulator.PushAsync("team/attached", "layer", Cancel);
        var digest = image.Digest!.Value;
        Assert.IsType<ImportProgress.Done>(await ImportAsync(image, "mirror/attached"));
        var layer = "said of it"u8.ToArray();
        var manifest = System.Text.Encoding.UTF8.GetBytes(
            $$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}","artifactType":"application/x",
             "config":{"mediaType":"{{{MediaTypes.OciEmpty}}}","digest":"{{{Digest.OfBytes("{}"u8)}}}","size":2},
             "layers":[{"mediaType":"application/x","digest":"{{{Digest.OfBytes(layer)}}}","size":{{{layer.Length}}}}],
             "subject":{"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{digest}}}","size":1}}
            """);
        var artifact = new ReferrerArtifact(MediaTypes.OciManifest, manifest, "application/x", layer, "{}"u8.ToArray());

        Assert.IsType<PublishOutcome.Published>(await Publisher.AttachAsync(emulator.Registry, "mirror/attached", artifact, Cancel));
        Assert.IsType<PublishOutcome.Published>(await Publisher.AttachAsync(emulator.Registry, "mirror/attached", artifact, Cancel));

        var listed = await emulator.Services.GetRequiredService<IReferrerReader>().ListAsync(emulator.Home, "mirror/attached", digest, Cancel);
        Assert.Equal((true, artifact.Digest), (listed.FromApi, Assert.Single(listed.Digests!)));
        Assert.True((await Reader.ListManifestsAsync(emulator.Home, "mirror/attached", Cancel)).Rows!.Single(row => row.Digest == artifact.Digest).Locked);
    }

    [Fact]
    public async Task Import_DigestTheUpstreamDoesNotHave_FailsForGood()
    {
        var image = await emulator.PushAsync("team/present", "layer", Cancel);

        var failed = Assert.IsType<ImportProgress.Failed>(await ImportAsync(image.WithDigest(Digest.OfBytes("absent"u8)), "mirror/absent"));

        Assert.False(failed.Retryable);
        Assert.NotEmpty(failed.Code);
    }

    [Fact]
    public async Task Poll_OperationNobodyKnows_MayBeStartedAgain()
    {
        var image = await emulator.PushAsync("team/lost", "layer", Cancel);
        var started = Assert.IsType<ImportProgress.Running>(await Importer.StartAsync(emulator.Registry, Request(image, "mirror/lost"), Cancel));

        // The operation's name is the last segment; another of the same length is one the service has forgotten.
        var uri = new Uri(started.Location);
        var lost = started.Location.Replace(uri.AbsolutePath, uri.AbsolutePath[..^4] + "zzzz", StringComparison.Ordinal);

        Assert.True(Assert.IsType<ImportProgress.Failed>(await Importer.PollAsync(emulator.Registry, lost, Cancel)).Retryable);
        Assert.IsType<ImportProgress.Done>(await FinishAsync(started));
    }

    [Fact]
    public async Task Ask_WhatIsNotThere_IsMissingNotUnknown()
    {
        Assert.Equal(Presence.Served, (await Reader.PingAsync(emulator.Home, Cancel)).Presence);
        Assert.Equal(Presence.Missing, (await Reader.AskAsync(emulator.Home, "mirror/nothing", Digest.OfBytes("nothing"u8), Cancel)).Presence);
        Assert.Empty((await Reader.ListManifestsAsync(emulator.Home, "mirror/nothing", Cancel)).Rows!);
        Assert.Empty((await Reader.ListTagsAsync(emulator.Home, "mirror/nothing", Cancel)).Rows!);
    }

    private static ImportRequest Request(ImageReference image, string target) => new(image, image.Digest!.Value, target);

    private async Task<ImportProgress> ImportAsync(ImageReference image, string target) =>
        await FinishAsync(await Importer.StartAsync(emulator.Registry, Request(image, target), Cancel));

    private async Task<ImportProgress> FinishAsync(ImportProgress progress, RegistryDefinition? registry = null)
    {
        while (progress is ImportProgress.Running running)
        {
            progress = await Importer.PollAsync(registry ?? emulator.Registry, running.Location, Cancel);
        }

        return progress;
    }

    private async Task ServedAsync(ReplicaDefinition replica, string repository, Digest digest)
    {
        ReplicaAnswer answer;
        do
        {
            answer = await Reader.AskAsync(replica, repository, digest, Cancel);
            Assert.NotEqual(Presence.Unknown, answer.Presence);
        }
        while (answer.Presence != Presence.Served);
    }

    private async Task<PublishOutcome.Published> PublishAsync(ImageReference image) =>
        Assert.IsType<PublishOutcome.Published>(await Publisher.PublishAsync(emulator.Registry, "mirror/published", "1.0", image.Digest!.Value, Cancel));
}
