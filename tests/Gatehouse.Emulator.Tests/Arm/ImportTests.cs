using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Arm;

public sealed class ImportTests
{
    [Fact]
    public async Task Index_ImportedUntagged_ArrivesWhole_WithoutTags()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var upstream = emulator.AtUpstream();
        var children = new[] { await upstream.PushImageAsync("library/app", null, "a"), await upstream.PushImageAsync("library/app", null, "b") };
        var index = await upstream.PutManifestAsync("library/app", "1", AcrClient.Index(children), MediaTypes.OciIndex);
        emulator.Upstream.Requests.Reset();

        using var end = await new ArmClient(emulator).ImportToEndAsync(ArmClient.Body(upstream.Endpoint, $"library/app@{index}", untagged: "mirror/app"));
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        foreach (var client in new[] { emulator.AtHome(), emulator.AtOther() })
        {
            foreach (var digest in children.Append(index))
            {
                Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(HttpMethod.Get, $"/v2/mirror/app/manifests/{digest}"));
            }

            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(HttpMethod.Head, $"/v2/mirror/app/blobs/{Digest.OfBytes("layer a"u8)}"));
            Assert.Empty((await client.GetJsonAsync("/acr/v1/mirror/app/_tags")).GetProperty("tags").EnumerateArray());
        }

        Assert.Equal((3, 4), (emulator.Upstream.Requests.Snapshot().Count(RequestKind.Manifest, "GET"), emulator.Upstream.Requests.Snapshot().Count(RequestKind.Blob, "GET")));
    }

    [Fact]
    public async Task NoForce_OnAnExistingTag_IsAConflict_ForceOverwrites()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var digest = await emulator.AtUpstream().PushImageAsync("app", "1", "new");
        await emulator.AtHome().PushImageAsync("mirror/app", "1", "old");
        var arm = new ArmClient(emulator);
        using var conflict = await arm.ImportAsync(ArmClient.Body(emulator.Upstream.LoginServer, "app:1", "mirror/app:1"));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict"), (conflict.StatusCode, await ArmClient.CodeAsync(conflict)));
        using var forced = await arm.ImportToEndAsync(ArmClient.Body(emulator.Upstream.LoginServer, "app:1", "mirror/app:1", mode: "Force"));
        Assert.Equal(HttpStatusCode.OK, forced.StatusCode);
        using var head = await emulator.AtHome().SendAsync(HttpMethod.Head, "/v2/mirror/app/manifests/1");
        Assert.Equal(digest.ToString(), head.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task Force_OnALockedTag_FailsInTheBackground()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtUpstream().PushImageAsync("app", "1", "new");
        await emulator.AtHome().PushImageAsync("mirror/app", "1", "old");
        using var locked = await emulator.AtHome().PatchAsync("/acr/v1/mirror/app/_tags/1", """{"writeEnabled":false}""");
        using var end = await new ArmClient(emulator).ImportToEndAsync(ArmClient.Body(emulator.Upstream.LoginServer, "app:1", "mirror/app:1", mode: "Force"));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict"), (end.StatusCode, await ArmClient.CodeAsync(end)));
    }

    [Fact]
    public async Task Source_ThatHasNoSuchImage_FailsInTheBackground()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var end = await new ArmClient(emulator).ImportToEndAsync(ArmClient.Body(emulator.Upstream.LoginServer, "absent:1", "mirror/app:1"));
        Assert.Equal((HttpStatusCode.BadRequest, "SourceImageNotFound"), (end.StatusCode, await ArmClient.CodeAsync(end)));
    }

    [Fact]
    public async Task Image_WithMoreThanFiftyManifests_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var upstream = emulator.AtUpstream();
        var children = new List<Digest>();
        for (var i = 0; i < 50; i++)
        {
            await upstream.PushBlobAsync("app", "same"u8.ToArray());
            var json = AcrClient.Manifest("same"u8.ToArray(), "same"u8.ToArray()) + new string(' ', i);
            children.Add(await upstream.PutManifestAsync("app", Digest.OfBytes(System.Text.Encoding.UTF8.GetBytes(json)).ToString(), json));
        }

        await upstream.PutManifestAsync("app", "most", AcrClient.Index(children.Take(49)), MediaTypes.OciIndex);
        await upstream.PutManifestAsync("app", "many", AcrClient.Index(children), MediaTypes.OciIndex);
        var arm = new ArmClient(emulator);
        using var most = await arm.ImportToEndAsync(ArmClient.Body(upstream.Endpoint, "app:most", "mirror/app:most"));
        Assert.Equal(HttpStatusCode.OK, most.StatusCode);
        using var many = await arm.ImportToEndAsync(ArmClient.Body(upstream.Endpoint, "app:many", "mirror/app:many"));
        Assert.Equal("TooManyManifests", await ArmClient.CodeAsync(many));
    }

    [Fact]
    public async Task PrivateSource_NeedsCredentials()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var upstream = emulator.Host.Registry("private");
        var manifest = await PushPrivatelyAsync(emulator, upstream.LoginServer);
        var arm = new ArmClient(emulator);
        using var without = await arm.ImportToEndAsync(ArmClient.Body(upstream.LoginServer, $"app@{manifest}", untagged: "mirror/app"));
        Assert.Equal("SourceUnauthorized", await ArmClient.CodeAsync(without));
        using var with = await arm.ImportToEndAsync(ArmClient.Body(upstream.LoginServer, $"app@{manifest}", untagged: "mirror/app", credentials: """{"username":"customer","password":"customer-word"}"""));
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        Assert.DoesNotContain(Directory.EnumerateFiles(emulator.Directory["imports"]), file => File.ReadAllText(file).Contains("customer-word", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SourceByResourceId_IsCopiedInside()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var digest = await emulator.AtHome().PushImageAsync("app", "1", "one");
        var arm = new ArmClient(emulator);
        var body = $$"""{"source":{"resourceId":"{{arm.Resource}}","sourceImage":"app:1"},"targetTags":["copy/app:1"]}""";
        using var end = await arm.ImportToEndAsync(body);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Get, $"/v2/copy/app/manifests/{digest}"));
    }

    [Fact]
    public async Task SourceBlob_ThatIsLost_FailsTheImport_AndChangesNothing()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtUpstream().PushImageAsync("app", "1", "one");
        emulator.Upstream.Replicas[0].Faults.LoseBlob(Digest.OfBytes("layer one"u8));
        using var end = await new ArmClient(emulator).ImportToEndAsync(ArmClient.Body(emulator.Upstream.LoginServer, "app:1", "mirror/app:1"));
        Assert.Equal("SourceImageNotFound", await ArmClient.CodeAsync(end));
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtHome().StatusAsync(HttpMethod.Get, "/v2/mirror/app/tags/list"));
    }

    [Theory]
    [InlineData("{}", "source")]
    [InlineData("""{"source":{"sourceImage":"a:1"},"targetTags":["a:1"]}""", "source")]
    [InlineData("""{"source":{"registryUri":"https://docker.io","sourceImage":"a:1"},"targetTags":["a:1"]}""", "source.registryUri")]
    [InlineData("""{"source":{"registryUri":"user@ghcr.io","sourceImage":"a:1"},"targetTags":["a:1"]}""", "source.registryUri")]
    [InlineData("""{"source":{"registryUri":"ghcr.io:99999","sourceImage":"a:1"},"targetTags":["a:1"]}""", "source.registryUri")]
    [InlineData("""{"source":{"registryUri":"ghcr","sourceImage":"a:1"},"targetTags":["a:1"]}""", "source.registryUri")]
    [InlineData("""{"source":{"registryUri":"","sourceImage":"a:1"},"targetTags":["a:1"]}""", "source.registryUri")]
    [InlineData("""{"source":{"registryUri":"docker.io","sourceImage":"A:1"},"targetTags":["a:1"]}""", "source.sourceImage")]
    [InlineData("""{"source":{"registryUri":"docker.io","sourceImage":"a:1","credentials":{"username":"u:v","password":"p"}},"targetTags":["a:1"]}""", "source.credentials.username")]
    [InlineData("""{"source":{"registryUri":"docker.io","sourceImage":"a:1"}}""", "targetTags")]
    [InlineData("""{"source":{"registryUri":"docker.io","sourceImage":"a:1"},"untaggedTargetRepositories":["a:1"]}""", "untaggedTargetRepositories")]
    [InlineData("""{"source":{"registryUri":"docker.io","sourceImage":"a:1"},"targetTags":["a:1"],"mode":"Maybe"}""", "mode")]
    [InlineData("""{"source":{"registryUri":"docker.io","sourceImage":"a:1","credentials":{"username":"u"}},"targetTags":["a:1"]}""", "source.credentials.password")]
    [InlineData("[1", "body")]
    public async Task Request_ThatMakesNoSense_IsRefusedAtOnce(string body, string target)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await new ArmClient(emulator).ImportAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(target, (await AcrClient.JsonAsync(response)).GetProperty("error").GetProperty("target").GetString());
    }

    private static async Task<Digest> PushPrivatelyAsync(TestEmulator emulator, string endpoint)
    {
        // The private registry takes pushes from its customer only.
        var header = "Basic " + Convert.ToBase64String("customer:customer-word"u8);
        foreach (var blob in new[] { "c"u8.ToArray(), "l"u8.ToArray() })
        {
            using var upload = await emulator.AtUpstreamOf(endpoint).SendAsync(HttpMethod.Post, $"/v2/app/blobs/uploads/?digest={Digest.OfBytes(blob)}", blob, "application/octet-stream", ("Authorization", header));
            Assert.Equal(HttpStatusCode.Created, upload.StatusCode);
        }

        var json = System.Text.Encoding.UTF8.GetBytes(AcrClient.Manifest("c"u8.ToArray(), "l"u8.ToArray()));
        using var put = await emulator.AtUpstreamOf(endpoint).SendAsync(HttpMethod.Put, $"/v2/app/manifests/{Digest.OfBytes(json)}", json, MediaTypes.OciManifest, ("Authorization", header));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        return Digest.OfBytes(json);
    }
}
