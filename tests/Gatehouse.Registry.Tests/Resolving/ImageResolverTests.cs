using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Resolving;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Resolving;

public sealed class ImageResolverTests
{
    private static readonly ScriptStep[] NoReferrers =
    [
        ScriptStep.Get("/v2/app/referrers/*", ManifestWriter.Index([]), ("Content-Type", MediaTypes.OciIndex)),
        ScriptStep.Reply("HEAD", "/v2/app/manifests/sha256-*", 404),
    ];

    [Fact]
    public async Task Resolve_Index_ReadsEveryPlatformInOrderAndKeepsAttestations()
    {
        var image = new FakeImage();
        var amd = image.AddImage("amd64") with { Platform = new Platform("linux", "amd64") };
        var arm = image.AddImage("arm64") with { Platform = new Platform("linux", "arm64", "v8") };
        var attestation = new Descriptor(MediaTypes.OciManifest, Digest.OfBytes("attestation"u8), 7)
        {
            Platform = new Platform("unknown", "unknown"),
            Annotations = new Dictionary<string, string> { ["vnd.docker.reference.type"] = "attestation-manifest" },
        };
        var index = ManifestWriter.Index([amd, arm, attestation]);
        image.AddManifest(index, MediaTypes.OciIndex, "v1");
        var signature = image.AddReferrer(new Descriptor(MediaTypes.OciIndex, Digest.OfBytes(index), index.Length), "application/vnd.cncf.notary.signature");
        await using var fixture = await RegistryFixture.StartAsync(
            [.. image.Steps, ScriptStep.Get($"/v2/app/referrers/{Digest.OfBytes(index)}", ManifestWriter.Index([signature])), .. NoReferrers]);

        var candidate = Assert.IsType<Resolution.Found>(await ResolveAsync(fixture)).Candidate;
        Assert.True(candidate.IsIndex);
        Assert.Equal(Digest.OfBytes(index), candidate.Digest);
        Assert.Equal(index.Length, candidate.ManifestSize);
        Assert.Equal("v1", candidate.Source.Tag);
        Assert.Equal(candidate.Digest, candidate.Source.Digest);
        Assert.Equal(["linux/amd64", "linux/arm64/v8"], candidate.Platforms.Select(platform => platform.Platform.ToString()));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), candidate.Platforms[0].Created);
        Assert.Equal(100, Assert.Single(candidate.Platforms[1].Layers).Size);
        Assert.Equal([signature.Digest, attestation.Digest], candidate.Referrers.Select(referrer => referrer.Digest));

        // The index, two manifests, two configurations; what refers to each of them and to the signature, the signature; three tags each.
        Assert.Equal(5 + 4 + 1 + 9, fixture.Server.Requests.Count);
        Assert.Equal(1, fixture.Server.Count("GET", "/v2/app/manifests/v1"));
    }

    [Fact]
    public async Task Resolve_SingleManifest_TakesPlatformFromConfig()
    {
        var image = new FakeImage();
        var manifest = image.AddImage("s390x", "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, .. NoReferrers]);
        var candidate = Assert.IsType<Resolution.Found>(await ResolveAsync(fixture)).Candidate;
        Assert.False(candidate.IsIndex);
        Assert.Equal(manifest.Digest, candidate.Digest);
        Assert.Equal("linux/s390x", Assert.Single(candidate.Platforms).Platform.ToString());
        Assert.Equal(2 + 1 + 3, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task Resolve_TagAndDigest_GoesByDigest()
    {
        var image = new FakeImage();
        var manifest = image.AddImage("amd64");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, .. NoReferrers]);
        Assert.IsType<Resolution.Found>(await ResolveAsync(fixture, $"app:v1@{manifest.Digest}"));
        Assert.Empty(fixture.Server.Unexpected);
    }

    [Theory]
    [InlineData(404, typeof(Resolution.NotFound))]
    [InlineData(401, typeof(Resolution.Unavailable))]
    [InlineData(429, typeof(Resolution.Unavailable))]
    [InlineData(500, typeof(Resolution.Unavailable))]
    public async Task Resolve_ManifestFails_SaysWhatIsKnown(int status, Type expected)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("GET", "*", status, ("Retry-After", "100")));
        var resolution = await ResolveAsync(fixture);
        Assert.IsType(expected, resolution);
        if (status == 429)
        {
            Assert.Equal(TimeSpan.FromSeconds(100), ((Resolution.Unavailable)resolution).RetryAfter);
        }
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(403)]
    public async Task Resolve_ReferrersDoNotAnswer_IsUnavailableNotNone(int status)
    {
        var image = new FakeImage();
        image.AddImage("amd64", "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, ScriptStep.Reply("GET", "/v2/app/referrers/*", status), ScriptStep.Reply("GET", "*", 404)]);
        Assert.IsType<Resolution.Unavailable>(await ResolveAsync(fixture));
    }

    [Fact]
    public async Task Resolve_PlatformManifestMissing_IsUnacceptable()
    {
        var image = new FakeImage();
        var gone = new Descriptor(MediaTypes.OciManifest, Digest.OfBytes("gone"u8), 4) { Platform = new Platform("linux", "amd64") };
        image.AddManifest(ManifestWriter.Index([gone]), MediaTypes.OciIndex, "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, ScriptStep.Reply("GET", "*", 404)]);
        Assert.Equal("incomplete-image", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture)).Code);
    }

    [Fact]
    public async Task Resolve_EntrySizeLies_IsUnacceptable()
    {
        var image = new FakeImage();
        var manifest = image.AddImage("amd64") with { Platform = new Platform("linux", "amd64") };
        image.AddManifest(ManifestWriter.Index([manifest with { Size = manifest.Size + 1 }]), MediaTypes.OciIndex, "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, .. NoReferrers]);
        Assert.Equal("descriptor-mismatch", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture)).Code);
    }

    [Fact]
    public async Task Resolve_MoreManifestsThanAnImportCopies_IsUnacceptable()
    {
        var image = new FakeImage();
        var entries = Enumerable.Range(0, ImageResolver.MaxIndexEntries + 1)
            .Select(i => new Descriptor(MediaTypes.OciManifest, Digest.OfBytes([(byte)i]), 10) { Platform = new Platform("linux", "amd64") });
        image.AddManifest(ManifestWriter.Index([.. entries]), MediaTypes.OciIndex, "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps]);

        Assert.Equal("index-too-large", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture)).Code);
    }

    [Fact]
    public async Task Resolve_OnlyAttestations_IsUnacceptable()
    {
        var image = new FakeImage();
        var entry = new Descriptor(MediaTypes.OciManifest, Digest.OfBytes("x"u8), 1) { Platform = new Platform("unknown", "unknown") };
        image.AddManifest(ManifestWriter.Index([entry]), MediaTypes.OciIndex, "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, .. NoReferrers]);
        Assert.Equal("no-platforms", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture)).Code);
    }

    [Fact]
    public async Task Resolve_ArtifactThatIsNoImage_IsUnacceptable()
    {
        var image = new FakeImage();
        var config = image.AddConfig("{}") with { MediaType = "application/vnd.cncf.helm.config.v1+json" };
        image.AddManifest(ManifestWriter.Image(config, []), tag: "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, .. NoReferrers]);
        Assert.Equal("not-an-image", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture)).Code);
    }

    [Fact]
    public async Task Resolve_ConfigTooLargeOrWrong_IsUnacceptable()
    {
        var image = new FakeImage();
        var config = image.AddConfig("{}");
        image.AddManifest(ManifestWriter.Image(config with { Size = ImageResolver.MaxConfigBytes + 1 }, []), tag: "v1");
        image.AddManifest(ManifestWriter.Image(config with { Digest = Digest.OfBytes("not this"u8) }, []), tag: "v2");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, ScriptStep.Get("/v2/app/blobs/*", "{}"), .. NoReferrers]);
        Assert.Equal("untrustworthy-upstream", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture)).Code);
        Assert.Equal("untrustworthy-upstream", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(fixture, "app:v2")).Code);
    }

    [Fact]
    public async Task Head_Tag_IsOneRequest()
    {
        var image = new FakeImage();
        var manifest = image.AddImage("amd64", "v1");
        await using var fixture = await RegistryFixture.StartAsync([.. image.Steps, ScriptStep.Reply("HEAD", "/v2/app/manifests/gone", 404), ScriptStep.Reply("HEAD", "*", 429)]);
        Assert.Equal(new TagState.At(manifest.Digest), await Resolver(fixture).HeadAsync(Reference(fixture, "app:v1"), TestContext.Current.CancellationToken));
        Assert.Single(fixture.Server.Requests);
        Assert.IsType<TagState.Gone>(await Resolver(fixture).HeadAsync(Reference(fixture, "app:gone"), TestContext.Current.CancellationToken));
        Assert.IsType<TagState.Unavailable>(await Resolver(fixture).HeadAsync(Reference(fixture, "app:busy"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(503, false)]
    public async Task HeadAndListTags_NoAnswer_SayWhetherItWasThrottling(int status, bool throttled)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", status), ScriptStep.Reply("GET", "*", status));
        var head = await Resolver(fixture).HeadAsync(Reference(fixture, "app:v1"), TestContext.Current.CancellationToken);
        var listing = await Resolver(fixture).ListTagsAsync(Reference(fixture, "app"), TestContext.Current.CancellationToken);
        Assert.Equal(throttled, Assert.IsType<TagState.Unavailable>(head).Throttled);
        Assert.Equal(throttled, Assert.IsType<TagListing.Unavailable>(listing).Throttled);
    }

    [Fact]
    public async Task ListTags_Repository_KeepsTheRegistrysOrder()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get("/v2/app/tags/list", """{"tags":["b","a"]}"""));
        var listed = Assert.IsType<TagListing.Listed>(await Resolver(fixture).ListTagsAsync(Reference(fixture, "app"), TestContext.Current.CancellationToken));
        Assert.Equal(["b", "a"], listed.Tags);
    }

    private static ImageResolver Resolver(RegistryFixture fixture) => new(fixture.Factory, fixture.Clock);

    private static ImageReference Reference(RegistryFixture fixture, string name) => ImageReference.Parse($"{fixture.Server.Host}/{name}").Value;

    private static Task<Resolution> ResolveAsync(RegistryFixture fixture, string name = "app:v1") =>
        Resolver(fixture).ResolveAsync(Reference(fixture, name), TestContext.Current.CancellationToken);
}
