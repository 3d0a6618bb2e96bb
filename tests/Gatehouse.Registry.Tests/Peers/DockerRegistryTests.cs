using Gatehouse.Core.Images;
using Gatehouse.Registry.Blobs;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Layouts;
using Gatehouse.Registry.Resolving;
using Gatehouse.Registry.Tests.Layouts;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Peers;
using Xunit;

namespace Gatehouse.Registry.Tests.Peers;

/// <summary>Against the reference implementation of the protocol.</summary>
public sealed class DockerRegistryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Push_LayoutInChunks_IsReadBackAndCopiedBySkopeo()
    {
        using var directory = new TempDirectory();
        await using var peer = await DockerRegistryPeer.StartAsync(Token);
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.UploadChunkBytes = 64 * 1024);
        var client = fixture.Factory.Create(peer.Host);
        Assert.True((await client.PingAsync(Token)).Value);
        var (layout, index) = await SampleLayout.WriteAsync(directory["layout"], 300_000, Token);
        Assert.Equal(index, (await LayoutPusher.PushAsync(layout, "1.0", client, "team/app", "1.0", Token)).Value);

        var resolver = new ImageResolver(fixture.Factory, fixture.Clock);
        var candidate = Assert.IsType<Resolution.Found>(await resolver.ResolveAsync(ImageReference.Parse($"{peer.Host}/team/app:1.0").Value, Token)).Candidate;
        Assert.Equal(index, candidate.Digest);
        Assert.Equal(["linux/amd64", "linux/arm64"], candidate.Platforms.Select(platform => platform.Platform.ToString()));
        var layer = candidate.Platforms[0].Layers[0];
        Assert.Equal(layer.Size, (await client.HeadBlobAsync("team/app", layer.Digest, Token)).Value);
        var whole = (await client.ReadBlobAsync("team/app", layer, 1_000_000, Token)).Value;
        await using var rest = (await client.OpenBlobAsync("team/app", layer.Digest, layer.Size - 10, Token)).Value;
        using var tail = new MemoryStream();
        await rest.Stream.CopyToAsync(tail, Token);
        Assert.Equal(whole[^10..].ToArray(), tail.ToArray());

        await Skopeo.CopyAsync($"docker://{peer.Host}/team/app:1.0", $"oci:{directory["copied"]}:1.0", Token);
        var copied = (await OciLayout.OpenAsync(directory["copied"], Token)).Value;
        Assert.Equal(index, copied.Find("1.0").Value.Digest);
    }

    [Fact]
    public async Task Copy_BetweenRegistriesAndRepositories_KeepsDigests()
    {
        using var directory = new TempDirectory();
        await using var first = await DockerRegistryPeer.StartAsync(Token);
        await using var second = await DockerRegistryPeer.StartAsync(Token);
        await using var fixture = await RegistryFixture.StartAsync();
        var (source, target) = (fixture.Factory.Create(first.Host), fixture.Factory.Create(second.Host));
        var (layout, index) = await SampleLayout.WriteAsync(directory["layout"], 1000, Token);
        Assert.True((await LayoutPusher.PushAsync(layout, null, source, "app", "1.0", Token)).IsOk);
        var referrer = await PushReferrerAsync(source, index);

        Assert.Equal(index, (await ImageCopier.CopyAsync(source, "app", "1.0", target, "mirror/app", "1.0", withReferrers: true, Token)).Value);
        Assert.Equal(index, (await ImageCopier.CopyAsync(source, "app", "1.0", source, "second/app", null, withReferrers: false, Token)).Value);
        Assert.Equal(index, (await source.HeadManifestAsync("second/app", index.ToString(), Token)).Value.Digest);

        // This registry has no referrers API, so the tag schema is what carries the list along.
        var referrers = (await target.ListReferrersAsync("mirror/app", index, Token)).Value;
        Assert.False(referrers.FromApi);
        Assert.Equal(referrer, Assert.Single(referrers.Referrers).Digest);
    }

    [Fact]
    public async Task ListTags_ManyTags_ListsAllAndSeesDeletion()
    {
        using var directory = new TempDirectory();
        await using var peer = await DockerRegistryPeer.StartAsync(Token);
        await using var fixture = await RegistryFixture.StartAsync();
        var client = fixture.Factory.Create(peer.Host);
        var (layout, index) = await SampleLayout.WriteAsync(directory["layout"], 10, Token);
        Assert.True((await LayoutPusher.PushAsync(layout, null, client, "app", "t0", Token)).IsOk);
        var manifest = (await client.GetManifestAsync("app", "t0", Token)).Value;
        for (var i = 1; i < 25; i++)
        {
            Assert.Equal(index, (await client.PutManifestAsync("app", $"t{i}", manifest.MediaType, manifest.Content, Token)).Value);
        }

        Assert.Equal(25, (await client.ListTagsAsync("app", Token)).Value.Count);
        Assert.True((await client.DeleteManifestAsync("app", index, Token)).Value);
        Assert.Equal(RegistryFailureKind.NotFound, (await client.HeadManifestAsync("app", "t0", Token)).Failure.Kind);
        Assert.Equal(RegistryFailureKind.NotFound, (await client.ListTagsAsync("nothing", Token)).Failure.Kind);
    }

    [Fact]
    public async Task Send_CatalogInPages_LinksToTheNext()
    {
        using var directory = new TempDirectory();
        await using var peer = await DockerRegistryPeer.StartAsync(Token);
        await using var fixture = await RegistryFixture.StartAsync();
        var client = fixture.Factory.Create(peer.Host);
        var (layout, _) = await SampleLayout.WriteAsync(directory["layout"], 10, Token);
        Assert.True((await LayoutPusher.PushAsync(layout, null, client, "a", "1", Token)).IsOk);
        Assert.True((await LayoutPusher.PushAsync(layout, null, client, "b", "1", Token)).IsOk);
        var first = (await client.SendAsync(HttpMethod.Get, "/v2/_catalog?n=1", "registry:catalog:*", null, Token)).Value;
        var second = (await client.SendAsync(HttpMethod.Get, first.Next!, "registry:catalog:*", null, Token)).Value;
        Assert.Equal(["""{"repositories":["a"]}""", """{"repositories":["b"]}"""], new[] { first, second }.Select(page => System.Text.Encoding.UTF8.GetString(page.Content.Span).Trim()));
    }

    [Fact]
    public async Task Skopeo_PushesToRegistry_ResolverReadsIt()
    {
        using var directory = new TempDirectory();
        await using var peer = await DockerRegistryPeer.StartAsync(Token);
        await using var fixture = await RegistryFixture.StartAsync();
        var (_, index) = await SampleLayout.WriteAsync(directory["layout"], 1000, Token);
        await Skopeo.CopyAsync($"oci:{directory["layout"]}:1.0", $"docker://{peer.Host}/app:1.0", Token);
        var state = await new ImageResolver(fixture.Factory, fixture.Clock).HeadAsync(ImageReference.Parse($"{peer.Host}/app:1.0").Value, Token);
        Assert.Equal(new TagState.At(index), state);
    }

    private static async Task<Digest> PushReferrerAsync(IRegistryClient client, Digest subject)
    {
        var head = (await client.HeadManifestAsync("app", subject.ToString(), Token)).Value;
        var empty = new Descriptor(MediaTypes.OciEmpty, Digest.OfBytes("{}"u8), 2);
        Assert.True((await client.PushBlobAsync("app", empty, _ => new(new MemoryStream("{}"u8.ToArray())), Token)).IsOk);
        var content = ManifestWriter.Image(empty, [empty], new Descriptor(head.MediaType, subject, head.Size!.Value), "application/x-test");
        return (await client.PutManifestAsync("app", Digest.OfBytes(content).ToString(), MediaTypes.OciManifest, content, Token)).Value;
    }
}
