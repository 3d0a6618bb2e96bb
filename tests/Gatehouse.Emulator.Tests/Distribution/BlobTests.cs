using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Distribution;

public sealed class BlobTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    [Fact]
    public async Task Get_WithRedirect_GoesToASignedUrlOnAnotherHost()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushBlobAsync("app", Content);
        using var head = await acr.SendAsync(HttpMethod.Head, $"/v2/app/blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(Content.Length, head.Content.Headers.ContentLength);

        using var redirect = await acr.SendAsync(HttpMethod.Get, $"/v2/app/blobs/{digest}");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, redirect.StatusCode);
        Assert.NotEqual(acr.Endpoint.Split(':')[0], redirect.Headers.Location!.Host);
        Assert.Equal(Content, await emulator.Http.GetByteArrayAsync(redirect.Headers.Location, TestEmulator.Token));
        Assert.Equal(1, emulator.Registry.Requests.Snapshot().Count(Requests.RequestKind.BlobData));
    }

    [Fact]
    public async Task SignedUrl_WithAuthorization_IsRefusedAsByStorage()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var location = await LocationAsync(emulator);
        using var request = new HttpRequestMessage(HttpMethod.Get, location);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer x");
        using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task SignedUrl_AfterItsLife_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync(manual: true);
        var location = await LocationAsync(emulator);
        emulator.Manual.Advance(TimeSpan.FromMinutes(19));
        using var early = await emulator.Http.GetAsync(location, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        emulator.Manual.Advance(TimeSpan.FromMinutes(1));
        using var late = await emulator.Http.GetAsync(location, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    [Fact]
    public async Task SignedUrl_ChangedToAnotherBlob_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var other = await emulator.AtHome().PushBlobAsync("app", "other"u8.ToArray());
        var location = (await LocationAsync(emulator)).ToString().Replace(Digest.OfBytes(Content).ToString(), other.ToString(), StringComparison.Ordinal);
        using var response = await emulator.Http.GetAsync(new Uri(location), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-9", 206, "bytes 0-9/1000", 0, 10)]
    [InlineData("bytes=990-", 206, "bytes 990-999/1000", 990, 10)]
    [InlineData("bytes=-5", 206, "bytes 995-999/1000", 995, 5)]
    [InlineData("bytes=500-5000", 206, "bytes 500-999/1000", 500, 500)]
    [InlineData("bytes=1000-", 416, "bytes */1000", 0, 0)]
    [InlineData("bytes=9-3", 200, null, 0, 1000)]
    [InlineData("lines=1-2", 200, null, 0, 1000)]
    public async Task Range_IsServedWithAndWithoutRedirect(string range, int status, string? contentRange, int offset, int length)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var location = await LocationAsync(emulator);
        await emulator.AtUpstream().PushBlobAsync("app", Content);
        foreach (var uri in new[] { location, new Uri($"http://{emulator.Upstream.LoginServer}/v2/app/blobs/{Digest.OfBytes(Content)}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.TryAddWithoutValidation("Range", range);
            using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(contentRange, response.Content.Headers.ContentRange?.ToString());
            Assert.Equal(Content.AsSpan(offset, length).ToArray(), await response.Content.ReadAsByteArrayAsync(TestEmulator.Token));
        }
    }

    private static async Task<Uri> LocationAsync(TestEmulator emulator)
    {
        var acr = emulator.AtHome();
        var digest = await acr.PushBlobAsync("app", Content);
        using var redirect = await acr.SendAsync(HttpMethod.Get, $"/v2/app/blobs/{digest}");
        return redirect.Headers.Location!;
    }
}
