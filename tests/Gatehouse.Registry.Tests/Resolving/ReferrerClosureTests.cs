using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Resolving;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Resolving;

public sealed class ReferrerClosureTests
{
    private const string Sbom = "application/spdx+json";
    private const string Signature = "application/vnd.cncf.notary.signature";

    private static readonly ScriptStep[] Nothing =
    [
        ScriptStep.Get("/v2/app/referrers/*", ManifestWriter.Index([])),
        ScriptStep.Reply("HEAD", "/v2/app/manifests/sha256-*", 404),
    ];

    private readonly FakeImage _image = new();
    private readonly Descriptor _platform;
    private readonly Descriptor _index;

    public ReferrerClosureTests()
    {
        _platform = _image.AddImage("amd64") with { Platform = new Platform("linux", "amd64") };
        _index = _image.AddManifest(ManifestWriter.Index([_platform]), MediaTypes.OciIndex, "v1");
    }

    [Fact]
    public async Task Resolve_ReferrersOfPlatformsAndOfReferrers_AreAllThere()
    {
        var sbom = _image.AddReferrer(_index, Sbom);
        var signatureOfSbom = _image.AddReferrer(sbom, Signature);
        var signatureOfPlatform = _image.AddReferrer(_platform, Signature);
        var candidate = await FoundAsync(Lists(_index, sbom), Lists(sbom, signatureOfSbom), Lists(_platform, signatureOfPlatform));

        Assert.Equal([sbom.Digest, signatureOfPlatform.Digest, signatureOfSbom.Digest], candidate.Referrers.Select(referrer => referrer.Digest));
        Assert.Equal(
            [new ReferrerLink(sbom.Digest, _index.Digest), new ReferrerLink(signatureOfPlatform.Digest, _platform.Digest), new ReferrerLink(signatureOfSbom.Digest, sbom.Digest)],
            candidate.Links);
        Assert.Equal([_index.Digest, sbom.Digest, signatureOfPlatform.Digest, signatureOfSbom.Digest], candidate.Roots);
    }

    [Theory]
    [InlineData(".sig")]
    [InlineData(".att")]
    [InlineData(".sbom")]
    public async Task Resolve_CosignTag_IsAReferrerAndKeepsItsTag(string suffix)
    {
        var signature = _image.AddManifest(ManifestWriter.Image(_image.AddConfig("""{"old":1}"""), []), tag: $"sha256-{_platform.Digest.Hex}{suffix}");
        var candidate = await FoundAsync();

        Assert.Equal(signature.Digest, Assert.Single(candidate.Referrers).Digest);
        Assert.Equal(new ReferrerLink(signature.Digest, _platform.Digest, $"sha256-{_platform.Digest.Hex}{suffix}"), Assert.Single(candidate.Links));
    }

    [Fact]
    public async Task Resolve_NoReferrersApi_TakesWhatTheFallbackTagLists()
    {
        var sbom = _image.AddReferrer(_index, Sbom);
        _image.AddManifest(ManifestWriter.Index([sbom]), MediaTypes.OciIndex, $"sha256-{_index.Digest.Hex}");
        var candidate = await FoundAsync(
            ScriptStep.Reply("GET", "/v2/app/referrers/*", 404),
            ScriptStep.Reply("GET", "/v2/app/manifests/sha256-*", 404) with { When = request => !request.Path.EndsWith(_index.Digest.Hex, StringComparison.Ordinal) });

        Assert.Equal(sbom.Digest, Assert.Single(candidate.Referrers).Digest);
        Assert.Null(Assert.Single(candidate.Links).Tag);
    }

    [Theory]
    [InlineData("GET", "referrers/{platform}", 429)]
    [InlineData("GET", "referrers/{sbom}", 429)]
    [InlineData("GET", "referrers/{sbom}", 503)]
    [InlineData("GET", "referrers/{sbom}", 403)]
    [InlineData("GET", "manifests/{sbom}", 502)]
    [InlineData("HEAD", "manifests/sha256-*", 429)]
    [InlineData("HEAD", "manifests/sha256-*", 500)]
    public async Task Resolve_AnyPartDoesNotAnswer_IsUnavailableNotNone(string method, string path, int status)
    {
        var sbom = _image.AddReferrer(_index, Sbom);
        var place = path.Replace("{platform}", _platform.Digest.ToString(), StringComparison.Ordinal).Replace("{sbom}", sbom.Digest.ToString(), StringComparison.Ordinal);
        var failing = ScriptStep.Reply(method, "/v2/app/" + place, status, ("Retry-After", "77"));

        var down = Assert.IsType<Resolution.Unavailable>(await ResolveAsync(failing, Lists(_index, sbom)));

        if (status == 429)
        {
            Assert.Equal(TimeSpan.FromSeconds(77), down.RetryAfter);
        }
    }

    [Fact]
    public async Task Resolve_DeeperThanTheLimit_IsUnacceptable()
    {
        var steps = new List<ScriptStep>();
        var subject = _index;
        for (var depth = 1; depth <= ReferrerClosure.MaxDepth + 1; depth++)
        {
            var referrer = _image.AddReferrer(subject, $"application/x.depth{depth}");
            steps.Add(Lists(subject, referrer));
            subject = referrer;
        }

        var refusal = Assert.IsType<Resolution.Unacceptable>(await ResolveAsync([.. steps]));

        Assert.Equal("referrers-too-deep", refusal.Code);
        Assert.Contains("at most 3 levels", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(ReferrerClosure.MaxDepth, (await FoundAsync([.. steps.SkipLast(1)])).Referrers.Count);
    }

    [Fact]
    public async Task Resolve_MoreReferrersThanTheLimit_IsUnacceptableWithoutReadingThem()
    {
        var many = Enumerable.Range(0, ReferrerClosure.MaxReferrers + 1).Select(i => new Descriptor(MediaTypes.OciManifest, Digest.OfBytes([(byte)i, 1]), 10));

        Assert.Equal("too-many-referrers", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(Lists(_index, [.. many]))).Code);
    }

    [Fact]
    public async Task Resolve_ReferrersTogetherMoreThanTheLimit_IsUnacceptable()
    {
        var half = (ReferrerClosure.MaxReferrers / 2) + 1;
        var ofIndex = Enumerable.Range(0, half).Select(i => _image.AddReferrer(_index, $"application/x.{i}")).ToArray();
        var ofPlatform = Enumerable.Range(0, half).Select(i => _image.AddReferrer(_platform, $"application/x.{i}")).ToArray();

        Assert.Equal("too-many-referrers", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(Lists(_index, ofIndex), Lists(_platform, ofPlatform))).Code);
    }

    [Fact]
    public async Task Resolve_ListedButRefersToSomethingElse_IsUnacceptable()
    {
        var stray = _image.AddReferrer(_platform, Sbom);

        Assert.Equal("referrer-mismatch", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(Lists(_index, stray))).Code);
    }

    [Fact]
    public async Task Resolve_ListedButGone_IsUnacceptable()
    {
        var gone = new Descriptor(MediaTypes.OciManifest, Digest.OfBytes("gone"u8), 4);

        var refusal = Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(Lists(_index, gone), ScriptStep.Reply("GET", $"/v2/app/manifests/{gone.Digest}", 404)));

        Assert.Equal("incomplete-image", refusal.Code);
    }

    [Fact]
    public async Task Resolve_CosignTagNamesTheImageItself_IsUnacceptable()
    {
        var head = ScriptStep.Reply(
            "HEAD", $"/v2/app/manifests/sha256-{_index.Digest.Hex}.sig", 200, ("Docker-Content-Digest", _index.Digest.ToString()), ("Content-Type", MediaTypes.OciIndex));

        Assert.Equal("referrer-mismatch", Assert.IsType<Resolution.Unacceptable>(await ResolveAsync(head)).Code);
    }

    private static ScriptStep Lists(Descriptor subject, params Descriptor[] referrers) =>
        ScriptStep.Get($"/v2/app/referrers/{subject.Digest}", ManifestWriter.Index(referrers), ("Content-Type", MediaTypes.OciIndex));

    private async Task<Candidate> FoundAsync(params ScriptStep[] steps) => Assert.IsType<Resolution.Found>(await ResolveAsync(steps)).Candidate;

    private async Task<Resolution> ResolveAsync(params ScriptStep[] steps)
    {
        await using var fixture = await RegistryFixture.StartAsync([.. steps, .. _image.Steps, .. Nothing]);
        return await new ImageResolver(fixture.Factory, fixture.Clock)
            .ResolveAsync(ImageReference.Parse($"{fixture.Server.Host}/app:v1").Value, TestContext.Current.CancellationToken);
    }
}
