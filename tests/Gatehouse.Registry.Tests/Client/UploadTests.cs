using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Xunit;

namespace Gatehouse.Registry.Tests.Client;

public sealed class UploadTests
{
    private static readonly byte[] Small = RegistryFixture.Bytes("a small blob");
    private static readonly byte[] Large = Fill(200 * 1024);

    [Fact]
    public async Task Push_PresentBlob_SendsNothing()
    {
        await using var fixture = await RegistryFixture.StartAsync(new ScriptStep("HEAD", "*") { Body = Small });
        Assert.False((await PushAsync(fixture, Small)).Value);
        Assert.Single(fixture.Server.Requests);
    }

    [Fact]
    public async Task Push_SmallBlob_IsOnePost_AndOnePut()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Reply("HEAD", "*", 404),
            ScriptStep.Reply("POST", "/v2/app/blobs/uploads/", 202, ("Location", "/v2/app/blobs/uploads/1?state=a%3D")),
            ScriptStep.Reply("PUT", "/v2/app/blobs/uploads/1", 201));
        Assert.True((await PushAsync(fixture, Small)).Value);
        var put = fixture.Server.Requests[^1];
        Assert.Equal(Small, put.Body.ToArray());
        Assert.Equal($"?state=a%3D&digest={Uri.EscapeDataString(Digest.OfBytes(Small).ToString())}", put.Query);
        Assert.Equal(["HEAD", "POST", "PUT"], fixture.Server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task Push_LargeBlob_GoesInChunksAlongTheLocations()
    {
        var chunk = 0;
        await using var fixture = await StartLargeAsync();
        fixture.Server.Add(new ScriptStep("PATCH", "*") { Answer = _ => ScriptStep.Reply("PATCH", "*", 202, ("Location", fixture.Server.BaseUri + $"v2/app/blobs/uploads/{++chunk}")) }, ScriptStep.Reply("PUT", "*", 201));
        Assert.True((await PushAsync(fixture, Large)).Value);
        var patches = fixture.Server.Requests.Where(request => request.Method == "PATCH").ToList();
        Assert.Equal(["0-65535", "65536-131071", "131072-196607", "196608-204799"], patches.Select(patch => patch.Header("Content-Range")));
        Assert.Equal(["/0", "/1", "/2", "/3"], patches.Select(patch => patch.Path[^2..]));
        Assert.Equal(Large, patches.SelectMany(patch => patch.Body.ToArray()).ToArray());
        Assert.EndsWith("/4", fixture.Server.Requests[^1].Path, StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Requests[^1].Body.ToArray());
    }

    [Fact]
    public async Task Push_ChunkBreaks_StartsOver()
    {
        await using var fixture = await StartLargeAsync();
        fixture.Server.Add(
            ScriptStep.Reply("PATCH", "*", 202, ("Location", "/v2/app/blobs/uploads/0")) with { Times = 1 },
            new ScriptStep("PATCH", "*") { Fail = true, Times = 1 },
            ScriptStep.Reply("PATCH", "*", 202, ("Location", "/v2/app/blobs/uploads/0")),
            ScriptStep.Reply("PUT", "*", 201));
        Assert.True((await PushAsync(fixture, Large)).Value);
        Assert.Equal(2, fixture.Server.Count("POST", "*"));
        Assert.Equal(6, fixture.Server.Count("PATCH", "*"));
    }

    [Fact]
    public async Task Push_ChunkThrottled_SendsThatChunkAgain()
    {
        await using var fixture = await StartLargeAsync();
        fixture.Server.Add(
            ScriptStep.Reply("PATCH", "*", 429, ("Retry-After", "2")) with { Times = 1 },
            ScriptStep.Reply("PATCH", "*", 202, ("Location", "/v2/app/blobs/uploads/0")),
            ScriptStep.Reply("PUT", "*", 201));
        Assert.True((await PushAsync(fixture, Large)).Value);
        Assert.Equal(1, fixture.Server.Count("POST", "*"));
        Assert.Equal(5, fixture.Server.Count("PATCH", "*"));
        Assert.Equal([TimeSpan.FromSeconds(2)], fixture.Clock.Waits);
    }

    [Theory]
    [InlineData("https://evil.example/upload")]
    [InlineData("//evil.example/upload")]
    public async Task Push_LocationOnAnotherHost_IsUntrustworthy(string location)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 404), ScriptStep.Reply("POST", "*", 202, ("Location", location)));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await PushAsync(fixture, Small)).Failure.Kind);
    }

    [Fact]
    public async Task Push_SourceShorterThanDescribed_Fails()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            (options, _) => options.MaxRetries = 0,
            ScriptStep.Reply("HEAD", "*", 404),
            ScriptStep.Reply("POST", "*", 202, ("Location", "/v2/app/blobs/uploads/1")),
            ScriptStep.Reply("PUT", "*", 201));
        var blob = new Descriptor(MediaTypes.OciLayerGzip, Digest.OfBytes(Small), Small.Length + 1);
        Assert.False((await fixture.Client.PushBlobAsync("app", blob, _ => new(new MemoryStream(Small)), TestContext.Current.CancellationToken)).IsOk);
    }

    [Theory]
    [InlineData(201, true)]
    [InlineData(202, false)]
    public async Task Mount_Status_SaysWhetherAnUploadIsNeeded(int status, bool mounted)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("POST", "/v2/app/blobs/uploads/", status, ("Location", "/v2/app/blobs/uploads/1")));
        var result = await fixture.Client.MountBlobAsync("app", Digest.OfBytes(Small), "base/image", TestContext.Current.CancellationToken);
        Assert.Equal(mounted, result.Value);
        Assert.Equal($"?mount={Uri.EscapeDataString(Digest.OfBytes(Small).ToString())}&from=base%2Fimage", fixture.Server.Requests.Single().Query);
    }

    private static Task<RegistryFixture> StartLargeAsync() => RegistryFixture.StartAsync(
        (options, _) => options.UploadChunkBytes = 64 * 1024,
        ScriptStep.Reply("HEAD", "*", 404),
        ScriptStep.Reply("POST", "*", 202, ("Location", "/v2/app/blobs/uploads/0")));

    private static Task<RegistryResult<bool>> PushAsync(RegistryFixture fixture, byte[] content) => fixture.Client.PushBlobAsync(
        "app",
        new Descriptor(MediaTypes.OciLayerGzip, Digest.OfBytes(content), content.Length),
        _ => new(new MemoryStream(content)),
        TestContext.Current.CancellationToken);

    private static byte[] Fill(int size)
    {
        var bytes = new byte[size];
        new SeededEntropy(7).Fill(bytes);
        return bytes;
    }
}
