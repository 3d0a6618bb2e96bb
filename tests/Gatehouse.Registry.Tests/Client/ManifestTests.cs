using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Client;

public sealed class ManifestTests
{
    private const string Path = "/v2/app/manifests/v1";

    private static readonly byte[] Manifest = RegistryFixture.Manifest();
    private static readonly Digest ManifestDigest = Digest.OfBytes(Manifest);

    [Fact]
    public async Task Get_ByTag_ReturnsTheExactBytesAndAsksForEveryType()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, Manifest, RegistryFixture.ManifestHeaders(Manifest)));
        var manifest = (await GetAsync(fixture)).Value;
        Assert.Equal(Manifest, manifest.Content.ToArray());
        Assert.Equal(ManifestDigest, manifest.Digest);
        Assert.Equal(string.Join(", ", MediaTypes.AcceptedManifests), fixture.Server.Requests.Single().Header("Accept"));
        Assert.Equal("gatehouse/0.1", fixture.Server.Requests.Single().Header("User-Agent"));
    }

    [Fact]
    public async Task Get_DigestHeaderLies_IsUntrustworthy()
    {
        var other = Digest.OfBytes("other"u8);
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, Manifest, ("Content-Type", MediaTypes.OciManifest), ("Docker-Content-Digest", other.ToString())));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await GetAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task Get_ByDigestOtherBytes_IsUntrustworthyEvenIfTheHeaderFitsThem()
    {
        var wanted = Digest.OfBytes(RegistryFixture.Manifest("x"));
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get($"/v2/app/manifests/{wanted}", Manifest, RegistryFixture.ManifestHeaders(Manifest)));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await GetAsync(fixture, wanted.ToString())).Failure.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_OverTheLimit_IsAnErrorNotACut(bool chunked)
    {
        var body = new byte[(4 * 1024 * 1024) + 1];
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, body, ("Content-Type", MediaTypes.OciManifest)) with { Chunked = chunked });
        var failure = (await GetAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Contains("4194304", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AtTheLimit_IsRead()
    {
        var manifest = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Manifest).PadRight(4 * 1024 * 1024));
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, manifest, RegistryFixture.ManifestHeaders(manifest)));
        Assert.Equal(4 * 1024 * 1024, (await GetAsync(fixture)).Value.Content.Length);
    }

    [Theory]
    [InlineData(MediaTypes.OciIndex)]
    [InlineData(MediaTypes.DockerManifest)]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("text/html")]
    public async Task Get_ServedAsAnotherType_IsUntrustworthy(string type)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, Manifest, RegistryFixture.ManifestHeaders(Manifest, type)));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await GetAsync(fixture)).Failure.Kind);
    }

    [Theory]
    [InlineData("../secrets", "v1")]
    [InlineData("app", "../../v1")]
    [InlineData("App", "v1")]
    public async Task Get_NoName_IsRefusedWithoutARequest(string repository, string reference)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        Assert.Equal(RegistryFailureKind.Refused, (await fixture.Client.GetManifestAsync(repository, reference, TestContext.Current.CancellationToken)).Failure.Kind);
        Assert.Empty(fixture.Server.Requests);
    }

    [Fact]
    public async Task Head_WithoutDigestHeader_GetsAndHashes()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Reply("HEAD", Path, 200, ("Content-Type", MediaTypes.OciManifest)),
            ScriptStep.Get(Path, Manifest, ("Content-Type", MediaTypes.OciManifest + "; charset=utf-8")));
        var head = (await HeadAsync(fixture)).Value;
        Assert.Equal(new ManifestHead(ManifestDigest, MediaTypes.OciManifest, Manifest.Length), head);
    }

    [Fact]
    public async Task Head_ByDigestAnotherAnswered_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 200, RegistryFixture.ManifestHeaders(Manifest)));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await HeadAsync(fixture, Digest.OfBytes("x"u8).ToString())).Failure.Kind);
    }

    [Fact]
    public async Task Head_Missing_IsNotFoundWithoutAGet()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 404));
        Assert.Equal(RegistryFailureKind.NotFound, (await HeadAsync(fixture)).Failure.Kind);
        Assert.Single(fixture.Server.Requests);
    }

    [Theory]
    [InlineData("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"gone","detail":{"Tag":"v1"}}]}""", "MANIFEST_UNKNOWN", "gone")]
    [InlineData("""{"errors":[{"code":"UNAUTHORIZED","message":"no","detail":[{"Type":"repository"}]},{"code":"DENIED"}]}""", "UNAUTHORIZED,DENIED", "no")]
    [InlineData("<html>\n<b>Not\tFound</b>", "", "<b>Not Found</b>")]
    [InlineData("""{"errors":"no"}""", "", "answered 404")]
    [InlineData("""{"errors":[7,{"code":5,"message":"\ud800"}]}""", "", "answered 404")]
    public async Task Get_ErrorBody_IsReadLeniently(string body, string codes, string message)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, body) with { Status = 404 });
        var failure = (await GetAsync(fixture)).Failure;
        Assert.Equal(codes, string.Join(',', failure.Codes!));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Equal($"GET {fixture.Server.BaseUri}v2/app/manifests/v1", failure.RequestLine);
    }

    [Theory]
    [InlineData(404, RegistryFailureKind.NotFound)]
    [InlineData(401, RegistryFailureKind.Denied)]
    [InlineData(403, RegistryFailureKind.Denied)]
    [InlineData(400, RegistryFailureKind.Refused)]
    [InlineData(405, RegistryFailureKind.Refused)]
    [InlineData(429, RegistryFailureKind.Throttled)]
    [InlineData(500, RegistryFailureKind.Unavailable)]
    [InlineData(503, RegistryFailureKind.Unavailable)]
    public async Task Get_Status_DecidesTheKind(int status, RegistryFailureKind expected)
    {
        await using var fixture = await RegistryFixture.StartAsync(new ScriptStep("GET", Path) { Status = status });
        Assert.Equal(expected, (await GetAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task Put_RegistryStoresAnotherDigest_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("PUT", Path, 201, ("Docker-Content-Digest", Digest.OfBytes("x"u8).ToString())));
        var put = await fixture.Client.PutManifestAsync("app", "v1", MediaTypes.OciManifest, Manifest, TestContext.Current.CancellationToken);
        Assert.Equal(RegistryFailureKind.Untrustworthy, put.Failure.Kind);
    }

    [Fact]
    public async Task Put_ReferrerWithoutOciSubject_IsListedByTag()
    {
        var subject = new Descriptor(MediaTypes.OciManifest, ManifestDigest, Manifest.Length);
        var referrer = ManifestWriter.Image(new Descriptor(MediaTypes.OciEmpty, Digest.OfBytes("{}"u8), 2), [], subject, "application/x-signature");
        var tag = $"sha256-{ManifestDigest.Hex}";
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("PUT", "*", 201), ScriptStep.Reply("GET", "*", 404));
        Assert.Equal(Digest.OfBytes(referrer), (await fixture.Client.PutManifestAsync("app", "sig", MediaTypes.OciManifest, referrer, TestContext.Current.CancellationToken)).Value);
        var written = fixture.Server.Requests.Single(request => request.Path == $"/v2/app/manifests/{tag}" && request.Method == "PUT");
        var entry = Assert.Single(ManifestDocument.Parse(MediaTypes.OciIndex, written.Body).Value.Manifests);
        Assert.Equal(Digest.OfBytes(referrer), entry.Digest);
        Assert.Equal("application/x-signature", entry.ArtifactType);
    }

    [Fact]
    public async Task Delete_AbsentManifest_IsFalse()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("DELETE", "*", 202) with { Times = 1 }, ScriptStep.Reply("DELETE", "*", 404));
        Assert.True((await fixture.Client.DeleteManifestAsync("app", ManifestDigest, TestContext.Current.CancellationToken)).Value);
        Assert.False((await fixture.Client.DeleteManifestAsync("app", ManifestDigest, TestContext.Current.CancellationToken)).Value);
    }

    private static Task<RegistryResult<ManifestContent>> GetAsync(RegistryFixture fixture, string reference = "v1") =>
        fixture.Client.GetManifestAsync("app", reference, TestContext.Current.CancellationToken);

    private static Task<RegistryResult<ManifestHead>> HeadAsync(RegistryFixture fixture, string reference = "v1") =>
        fixture.Client.HeadManifestAsync("app", reference, TestContext.Current.CancellationToken);
}
