using System.Net;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Distribution;

public sealed class PushPullTests
{
    [Fact]
    public async Task Image_PushedByTag_IsServedByTagAndDigest()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushImageAsync("team/app", "1.0", "one");
        foreach (var reference in new[] { "1.0", digest.ToString() })
        {
            using var response = await acr.SendAsync(HttpMethod.Get, $"/v2/team/app/manifests/{reference}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(digest, Digest.OfBytes(await response.Content.ReadAsByteArrayAsync(TestEmulator.Token)));
            Assert.Equal(digest.ToString(), response.Headers.GetValues("Docker-Content-Digest").Single());
            Assert.Equal(MediaTypes.OciManifest, response.Content.Headers.ContentType!.ToString());
            Assert.Equal($"\"{digest}\"", response.Headers.ETag!.Tag);
        }

        using var head = await acr.SendAsync(HttpMethod.Head, "/v2/team/app/manifests/1.0");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 100);
    }

    [Fact]
    public async Task Manifest_WhoseBlobsAreMissing_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        await acr.PushBlobAsync("app", "config"u8.ToArray());
        var json = AcrClient.Manifest("config"u8.ToArray(), "layer"u8.ToArray());
        using var response = await acr.SendAsync(HttpMethod.Put, "/v2/app/manifests/1", Encoding.UTF8.GetBytes(json), MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await AcrClient.JsonAsync(response)).GetProperty("errors")[0];
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", error.GetProperty("code").GetString());
        Assert.Equal(Digest.OfBytes("layer"u8).ToString(), error.GetProperty("detail")[0].GetProperty("Digest").GetString());
    }

    [Fact]
    public async Task Blob_OfAnotherRepository_DoesNotCount()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushBlobAsync("one", "bytes"u8.ToArray());
        Assert.Equal(HttpStatusCode.NotFound, await acr.StatusAsync(HttpMethod.Head, $"/v2/two/blobs/{digest}"));
    }

    [Fact]
    public async Task Index_WhoseChildIsMissing_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var child = await acr.PushImageAsync("app", null, "child");
        var absent = Digest.OfBytes("absent"u8);
        using var response = await acr.SendAsync(HttpMethod.Put, "/v2/app/manifests/1", Encoding.UTF8.GetBytes(AcrClient.Index([child, absent])), MediaTypes.OciIndex);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await AcrClient.CodeAsync(response));
        await acr.PutManifestAsync("app", "1", AcrClient.Index([child]), MediaTypes.OciIndex);
    }

    [Theory]
    [InlineData("application/json", """{"schemaVersion":2}""", "MANIFEST_INVALID")]
    [InlineData(MediaTypes.OciManifest, "not json", "MANIFEST_INVALID")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion":1,"config":{},"layers":[]}""", "MANIFEST_INVALID")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""", "MANIFEST_INVALID")]
    public async Task Manifest_ThatIsNone_IsRefused(string mediaType, string body, string code)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await emulator.AtHome().SendAsync(HttpMethod.Put, "/v2/app/manifests/1", Encoding.UTF8.GetBytes(body), mediaType);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, await AcrClient.CodeAsync(response));
    }

    [Fact]
    public async Task Manifest_LargerThanTheLimit_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await emulator.AtHome().SendAsync(HttpMethod.Put, "/v2/app/manifests/1", new byte[(4 * 1024 * 1024) + 1], MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Manifest_UnderAnotherDigest_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await emulator.AtHome().SendAsync(HttpMethod.Put, $"/v2/app/manifests/{Digest.OfBytes("other"u8)}", """{"schemaVersion":2}"""u8.ToArray(), MediaTypes.OciManifest);
        Assert.Equal("DIGEST_INVALID", await AcrClient.CodeAsync(response));
    }

    [Fact]
    public async Task Manifest_DeletedByDigest_TakesItsTagsAlong()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushImageAsync("app", "1", "one");
        await acr.PushImageAsync("app", "2", "two");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await acr.StatusAsync(HttpMethod.Delete, "/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.Accepted, await acr.StatusAsync(HttpMethod.Delete, $"/v2/app/manifests/{digest}"));
        Assert.Equal(HttpStatusCode.NotFound, await acr.StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.NotFound, await acr.StatusAsync(HttpMethod.Delete, $"/v2/app/manifests/{digest}"));
        Assert.Equal(["2"], (await acr.GetJsonAsync("/v2/app/tags/list")).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Fact]
    public async Task OciIndex_ForAClientThatDoesNotAcceptIt_IsNotFound()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var child = await acr.PushImageAsync("app", null, "child");
        await acr.PutManifestAsync("app", "multi", AcrClient.Index([child]), MediaTypes.OciIndex);
        using var narrow = await acr.SendAsync(HttpMethod.Get, "/v2/app/manifests/multi", null, null, ("Accept", MediaTypes.OciManifest));
        Assert.Equal(HttpStatusCode.NotFound, narrow.StatusCode);
        using var wide = await acr.SendAsync(HttpMethod.Get, "/v2/app/manifests/multi", null, null, ("Accept", MediaTypes.OciManifest + ", " + MediaTypes.OciIndex));
        Assert.Equal(MediaTypes.OciIndex, wide.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Tags_Listed_ComeInPagesWithLinks()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        foreach (var tag in new[] { "b", "a", "d", "c", "A" })
        {
            await acr.PushImageAsync("app", tag, "same");
        }

        var seen = new List<string?>();
        var path = "/v2/app/tags/list?n=2";
        while (path is not null)
        {
            using var response = await acr.SendAsync(HttpMethod.Get, path);
            seen.AddRange((await AcrClient.JsonAsync(response)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
            path = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0][1..] : null;
        }

        Assert.Equal(["A", "a", "b", "c", "d"], seen);
        Assert.Equal(HttpStatusCode.NotFound, await acr.StatusAsync(HttpMethod.Get, "/v2/absent/tags/list"));
        Assert.Equal(["app"], (await acr.GetJsonAsync("/v2/_catalog")).GetProperty("repositories").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Referrers_OfASubject_AreListedAndFiltered()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var subject = await acr.PushImageAsync("app", "1", "subject");
        var signature = await acr.PushImageAsync("app", null, "signature", subject, "application/vnd.example.signature");
        await acr.PushImageAsync("app", null, "sbom", subject, "application/vnd.example.sbom");

        var all = await acr.GetJsonAsync($"/v2/app/referrers/{subject}");
        Assert.Equal(2, all.GetProperty("manifests").GetArrayLength());
        using var filtered = await acr.SendAsync(HttpMethod.Get, $"/v2/app/referrers/{subject}?artifactType=application/vnd.example.signature");
        Assert.Equal("artifactType", filtered.Headers.GetValues("OCI-Filters-Applied").Single());
        Assert.Equal(MediaTypes.OciIndex, filtered.Content.Headers.ContentType!.ToString());
        Assert.Equal(signature.ToString(), (await AcrClient.JsonAsync(filtered)).GetProperty("manifests")[0].GetProperty("digest").GetString());
        Assert.Equal(0, (await acr.GetJsonAsync($"/v2/app/referrers/{Digest.OfBytes("x"u8)}")).GetProperty("manifests").GetArrayLength());
    }

    [Fact]
    public async Task Referrer_Pushed_IsAcknowledgedWithItsSubject()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var subject = await acr.PushImageAsync("app", "1", "subject");
        await acr.PushBlobAsync("app", "c"u8.ToArray());
        await acr.PushBlobAsync("app", "l"u8.ToArray());
        using var response = await acr.SendAsync(HttpMethod.Put, "/v2/app/manifests/sig", Encoding.UTF8.GetBytes(AcrClient.Manifest("c"u8.ToArray(), "l"u8.ToArray(), subject)), MediaTypes.OciManifest);
        Assert.Equal(subject.ToString(), response.Headers.GetValues("OCI-Subject").Single());
    }

    [Fact]
    public async Task Pushes_AtTheSameTime_AllArrive()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.At(emulator.Registry.LoginServer);
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => acr.PushImageAsync("app", $"t{i:00}", $"image {i % 4}")));
        Assert.Equal(24, (await acr.GetJsonAsync("/v2/app/tags/list")).GetProperty("tags").GetArrayLength());
        Assert.Equal(4, (await acr.GetJsonAsync("/acr/v1/app")).GetProperty("manifestCount").GetInt32());
    }
}
