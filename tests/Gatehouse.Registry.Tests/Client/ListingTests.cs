using System.IO.Compression;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Client;

public sealed class ListingTests
{
    private const string Tags = "/v2/app/tags/list";

    private static readonly Digest Subject = Digest.OfBytes("subject"u8);
    private static readonly string Referrers = $"/v2/app/referrers/{Subject}";
    private static readonly string SubjectTag = $"/v2/app/manifests/sha256-{Subject.Hex}";

    [Fact]
    public async Task ListTags_RelativeAndAbsoluteLinks_FollowsAllPages()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(
            Page("?n=1000", """{"name":"app","tags":["a","b"]}""", "/v2/app/tags/list?n=2&last=b"),
            Page("?n=2&last=b", """{"tags":[]}""", fixture.Server.BaseUri + "v2/app/tags/list?last=c"),
            Page("?last=c", """{"tags":["d"]}""", null));
        Assert.Equal(["a", "b", "d"], (await TagsAsync(fixture)).Value);
    }

    [Theory]
    [InlineData("""{"name":"app","tags":null}""")]
    [InlineData("""{"name":"app"}""")]
    public async Task ListTags_NullTags_IsEmpty(string body)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Tags, body));
        Assert.Empty((await TagsAsync(fixture)).Value);
    }

    [Fact]
    public async Task ListTags_NamesThatAreNoTags_AreLeftOut()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Tags, """{"tags":["ok","../x","-no",""]}"""));
        Assert.Equal(["ok"], (await TagsAsync(fixture)).Value);
    }

    [Fact]
    public async Task ListTags_LinkToItself_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync(Page("?n=1000", """{"tags":["a"]}""", "/v2/app/tags/list?n=1000"));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await TagsAsync(fixture)).Failure.Kind);
        Assert.Single(fixture.Server.Requests);
    }

    [Fact]
    public async Task ListTags_SameTagsUnderNewLinks_IsUntrustworthy()
    {
        var page = 0;
        await using var fixture = await RegistryFixture.StartAsync(new ScriptStep("GET", Tags)
        {
            Answer = _ => ScriptStep.Get(Tags, """{"tags":["a"]}""", ("Link", $"<{Tags}?page={++page}>; rel=\"next\"")),
        });
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await TagsAsync(fixture)).Failure.Kind);
        Assert.Equal(2, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task ListTags_EndlessNewPages_StopAtTheCap()
    {
        var page = 0;
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.MaxPages = 7, new ScriptStep("GET", Tags)
        {
            Answer = _ => ScriptStep.Get(Tags, $"{{\"tags\":[\"t{++page}\"]}}", ("Link", $"<{Tags}?page={page}>; rel=\"next\"")),
        });
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await TagsAsync(fixture)).Failure.Kind);
        Assert.Equal(7, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task ListTags_PagesTooLargeTogether_AreUntrustworthy()
    {
        var page = 0;
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.MaxListingBytes = 1024, new ScriptStep("GET", Tags)
        {
            Answer = _ => ScriptStep.Get(Tags, $"{{\"tags\":[\"{new string('t', 100)}{++page}\"]}}", ("Link", $"<{Tags}?page={page}>; rel=\"next\"")),
        });
        var failure = (await TagsAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Contains("1024 bytes together", failure.Message, StringComparison.Ordinal);
        Assert.Equal(9, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task ListTags_NextOnAnotherHost_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync(Page("?n=1000", """{"tags":["a"]}""", "https://evil.example/v2/app/tags/list"));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await TagsAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task ListTags_CompressedPage_IsBoundedAfterDecompression()
    {
        var bomb = Gzip(new byte[64 * 1024 * 1024]);
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get(Tags, Gzip("""{"tags":["a"]}"""u8.ToArray()), ("Content-Encoding", "gzip")) with { Times = 1 },
            ScriptStep.Get(Tags, bomb, ("Content-Encoding", "gzip")));
        Assert.Equal(["a"], (await TagsAsync(fixture)).Value);
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await TagsAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task ListReferrers_Api_FollowsPages()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(
            ScriptStep.Get(Referrers, Index("a"), ("Content-Type", MediaTypes.OciIndex), ("Link", $"<{Referrers}?p=2>; rel=\"next\"")) with { When = request => request.Query.Length == 0 },
            ScriptStep.Get(Referrers, Index("b"), ("Content-Type", MediaTypes.OciIndex)));
        var list = (await ReferrersAsync(fixture)).Value;
        Assert.True(list.FromApi);
        Assert.Equal(2, list.Referrers.Count);
    }

    [Fact]
    public async Task ListReferrers_NoApi_ReadsTheTagAndRemembers()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get(Referrers, "404 page not found") with { Status = 404 },
            ScriptStep.Get(SubjectTag, Index("a"), ("Content-Type", MediaTypes.OciIndex)));
        Assert.False((await ReferrersAsync(fixture)).Value.FromApi);
        Assert.Single((await ReferrersAsync(fixture)).Value.Referrers);
        Assert.Equal(1, fixture.Server.Count("GET", Referrers));

        fixture.Clock.Advance(TimeSpan.FromMinutes(61));
        await ReferrersAsync(fixture);
        Assert.Equal(2, fixture.Server.Count("GET", Referrers));
    }

    [Fact]
    public async Task ListReferrers_NoApiNoTag_IsNone()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("GET", "*", 404));
        Assert.Empty((await ReferrersAsync(fixture)).Value.Referrers);
    }

    [Fact]
    public async Task ListReferrers_RepositoryUnknown_DoesNotCondemnTheApi()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get("*", """{"errors":[{"code":"NAME_UNKNOWN"}]}""") with { Status = 404 });
        await ReferrersAsync(fixture);
        await ReferrersAsync(fixture);
        Assert.Equal(2, fixture.Server.Count("GET", Referrers));
    }

    [Fact]
    public async Task ListReferrers_TagIsAnImage_IsNone()
    {
        var manifest = RegistryFixture.Manifest();
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Reply("GET", Referrers, 404),
            ScriptStep.Get(SubjectTag, manifest, RegistryFixture.ManifestHeaders(manifest)));
        Assert.Empty((await ReferrersAsync(fixture)).Value.Referrers);
    }

    [Theory]
    [InlineData(429, 404, RegistryFailureKind.Throttled)]
    [InlineData(503, 404, RegistryFailureKind.Unavailable)]
    [InlineData(403, 404, RegistryFailureKind.Denied)]
    [InlineData(400, 404, RegistryFailureKind.Refused)]
    [InlineData(404, 429, RegistryFailureKind.Throttled)]
    [InlineData(404, 500, RegistryFailureKind.Unavailable)]
    public async Task ListReferrers_NoAnswer_IsNeverNone(int api, int tag, RegistryFailureKind expected)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("GET", Referrers, api), ScriptStep.Reply("GET", SubjectTag, tag));
        Assert.Equal(expected, (await ReferrersAsync(fixture)).Failure.Kind);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"manifests":7}""")]
    [InlineData("""{"manifests":[{"mediaType":"x","digest":"sha256:zz","size":1}]}""")]
    public async Task ListReferrers_NotAnIndex_IsUntrustworthy(string body)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Referrers, body));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await ReferrersAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task Send_OtherCall_ReturnsBodyAndNextPage()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get("/acr/v1/app/_manifests", """{"manifests":[]}""", ("Content-Type", "application/json; charset=utf-8"), ("Link", "</acr/v1/app/_manifests?last=x&n=5>; rel=\"next\"")),
            ScriptStep.Reply("PATCH", "/acr/v1/app/_tags/a", 200));
        var page = (await fixture.Client.SendAsync(HttpMethod.Get, "/acr/v1/app/_manifests", "repository:app:metadata_read", null, TestContext.Current.CancellationToken)).Value;
        Assert.Equal("/acr/v1/app/_manifests?last=x&n=5", page.Next);
        Assert.Equal("application/json", page.ContentType);
        await fixture.Client.SendAsync(HttpMethod.Patch, "/acr/v1/app/_tags/a", null, "{\"writeEnabled\":false}"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("{\"writeEnabled\":false}"u8.ToArray(), fixture.Server.Requests[^1].Body.ToArray());
    }

    [Theory]
    [InlineData("https://evil.example/x")]
    [InlineData("//evil.example/x")]
    [InlineData("x")]
    public async Task Send_PathElsewhere_IsRefusedWithoutARequest(string path)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        Assert.Equal(RegistryFailureKind.Refused, (await fixture.Client.SendAsync(HttpMethod.Get, path, null, null, TestContext.Current.CancellationToken)).Failure.Kind);
        Assert.Empty(fixture.Server.Requests);
    }

    private static byte[] Index(string salt) => ManifestWriter.Index([new Descriptor(MediaTypes.OciManifest, Digest.OfBytes(RegistryFixture.Bytes(salt)), 1)]);

    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return buffer.ToArray();
    }

    private static ScriptStep Page(string query, string body, string? next) =>
        ScriptStep.Get(Tags, body, next is null ? [] : [("Link", $"<{next}>; rel=\"next\"")]) with { When = request => request.Query == query };

    private static Task<RegistryResult<IReadOnlyList<string>>> TagsAsync(RegistryFixture fixture) => fixture.Client.ListTagsAsync("app", TestContext.Current.CancellationToken);

    private static Task<RegistryResult<ReferrerList>> ReferrersAsync(RegistryFixture fixture) => fixture.Client.ListReferrersAsync("app", Subject, TestContext.Current.CancellationToken);
}
