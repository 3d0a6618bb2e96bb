using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Distribution;

public sealed class UploadTests
{
    private const string Bytes = "application/octet-stream";

    [Fact]
    public async Task Upload_InChunks_KeepsTheirOrder()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        using var start = await acr.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        var location = start.Headers.Location!.ToString();
        using var first = await acr.SendAsync(HttpMethod.Patch, location, "hello "u8.ToArray(), Bytes, ("Content-Range", "0-5"));
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal("0-5", first.Headers.GetValues("Range").Single());

        using var wrong = await acr.SendAsync(HttpMethod.Patch, location, "world"u8.ToArray(), Bytes, ("Content-Range", "9-13"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, wrong.StatusCode);
        using var status = await acr.SendAsync(HttpMethod.Get, location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal("0-5", status.Headers.GetValues("Range").Single());

        using var second = await acr.SendAsync(HttpMethod.Patch, location, "world"u8.ToArray(), Bytes, ("Content-Range", "6-10"));
        var digest = Digest.OfBytes("hello world"u8);
        using var end = await acr.SendAsync(HttpMethod.Put, $"{location}&digest={digest}");
        Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await acr.StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{digest}"));
    }

    [Fact]
    public async Task Upload_InOnePost_IsCreated()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var digest = Digest.OfBytes("single"u8);
        using var response = await emulator.AtHome().SendAsync(HttpMethod.Post, $"/v2/app/blobs/uploads/?digest={digest}", "single"u8.ToArray(), Bytes);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Upload_WithSha512_IsCreatedUnderIt()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var content = "strong"u8.ToArray();
        var digest = "sha512:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(content));
        using var response = await emulator.AtHome().SendAsync(HttpMethod.Post, $"/v2/app/blobs/uploads/?digest={digest}", content, Bytes);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{digest}"));
    }

    [Fact]
    public async Task Upload_UnderAWrongDigest_LeavesNothing()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var digest = Digest.OfBytes("right"u8);
        using var response = await emulator.AtHome().SendAsync(HttpMethod.Post, $"/v2/app/blobs/uploads/?digest={digest}", "wrong"u8.ToArray(), Bytes);
        Assert.Equal("DIGEST_INVALID", await AcrClient.CodeAsync(response));
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtHome().StatusAsync(HttpMethod.Head, $"/v2/app/blobs/{digest}"));
        Assert.Empty(Directory.EnumerateFiles(emulator.Directory["registries/contoso/uploads"]));
    }

    [Fact]
    public async Task Upload_Cancelled_IsUnknownAfterwards()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        using var start = await acr.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        Assert.Equal(HttpStatusCode.NoContent, await acr.StatusAsync(HttpMethod.Delete, start.Headers.Location!.ToString()));
        using var late = await acr.SendAsync(HttpMethod.Patch, start.Headers.Location!.ToString(), "x"u8.ToArray(), Bytes);
        Assert.Equal("BLOB_UPLOAD_UNKNOWN", await AcrClient.CodeAsync(late));
    }

    [Fact]
    public async Task Upload_WhoseStateTheClientDropped_IsUnknown()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        using var start = await acr.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        using var response = await acr.SendAsync(HttpMethod.Patch, start.Headers.Location!.ToString().Split('?')[0], "x"u8.ToArray(), Bytes);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Upload_StartedInOneRegion_IsUnknownInAnother()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var start = await emulator.AtHome().SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        using var response = await emulator.AtOther().SendAsync(HttpMethod.Patch, start.Headers.Location!.ToString(), "x"u8.ToArray(), Bytes);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Mount_FromAnotherRepository_NeedsThePullScopeThere()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushBlobAsync("one", "shared"u8.ToArray());
        var path = $"/v2/two/blobs/uploads/?mount={digest}&from=one";
        using var without = await acr.SendAsync(HttpMethod.Post, path);
        Assert.Equal(HttpStatusCode.Accepted, without.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{acr.Endpoint}{path}");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await acr.AccessTokenAsync("repository:two:pull,push repository:one:pull"));
        using var with = await emulator.Http.SendAsync(request, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Created, with.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await acr.StatusAsync(HttpMethod.Head, $"/v2/two/blobs/{digest}"));
    }
}
