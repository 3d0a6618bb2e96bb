using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Emulation;

/// <summary>Importing from another registry of the same tenant, which lets nobody read it anonymously.</summary>
[Collection(FaultyRegistryCollection.Name)]
public sealed class EmulatedSourceTests(EmulatorFixture emulator)
{
    private const string Pull = "Microsoft.ContainerRegistry/registries/pull/read";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_FromARegistryOfTheTenant_NeedsItsResourceIdAndNoCredentials()
    {
        var image = await PrivateAsync("team/inside");

        Assert.False(Assert.IsType<ImportProgress.Failed>(await ImportAsync(image, "copy/anonymous")).Retryable);
        Assert.IsType<ImportProgress.Done>(await ImportAsync(image, "copy/inside", ById()));
    }

    [Fact]
    public async Task Import_FromARegistryWeMayNotPullFrom_FailsForGood()
    {
        var image = await PrivateAsync("team/forbidden");
        var source = emulator.Host.Registry("contoso");
        source.Faults.DenyArm(Pull);
        try
        {
            var failed = Assert.IsType<ImportProgress.Failed>(await ImportAsync(image, "copy/forbidden", ById()));

            Assert.Equal(("AuthorizationFailed", false), (failed.Code, failed.Retryable));
        }
        finally
        {
            source.Faults.AllowArm(Pull);
        }
    }

    private (string Key, string Value)[] ById() =>
    [
        ("Gatehouse:Registry:Upstreams:own:Host", emulator.Registry.LoginServer),
        ("Gatehouse:Registry:Upstreams:own:ResourceId", emulator.Registry.ResourceId),
    ];

    /// <summary>An image that is in contoso and reached there only.</summary>
    private async Task<ImageReference> PrivateAsync(string repository)
    {
        var image = await emulator.PushAsync(repository, "layer", Cancel);
        Assert.IsType<ImportProgress.Done>(await FinishAsync(emulator.Services, emulator.Registry, image, repository));
        return new ImageReference(emulator.Registry.LoginServer, repository, null, image.Digest);
    }

    private async Task<ImportProgress> ImportAsync(ImageReference image, string target, params (string Key, string Value)[] settings)
    {
        var estate = emulator.EstateOf(EmulatorFixture.Faulty);
        await using var services = emulator.Build(estate, settings);
        return await FinishAsync(services, estate.Registries[0], image, target);
    }

    private static async Task<ImportProgress> FinishAsync(ServiceProvider services, RegistryDefinition registry, ImageReference image, string target)
    {
        var importer = services.GetRequiredService<IImageImporter>();
        var progress = await importer.StartAsync(registry, new ImportRequest(image, image.Digest!.Value, target), Cancel);
        while (progress is ImportProgress.Running running)
        {
            progress = await importer.PollAsync(registry, running.Location, Cancel);
        }

        return progress;
    }
}
