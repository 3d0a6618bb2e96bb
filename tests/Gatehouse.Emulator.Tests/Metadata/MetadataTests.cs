using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Metadata;

public sealed class MetadataTests
{
    [Fact]
    public async Task Manifest_IsDescribed()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var child = await acr.PushImageAsync("team/app", "one", "child");
        var index = await acr.PutManifestAsync("team/app", "multi", AcrClient.Index([child]), MediaTypes.OciIndex);

        var image = (await acr.GetJsonAsync($"/acr/v1/team%2Fapp/_manifests/{child.ToString().Replace(":", "%3A", StringComparison.Ordinal)}")).GetProperty("manifest");
        Assert.Equal(("amd64", "linux", MediaTypes.OciManifest), (image.GetProperty("architecture").GetString(), image.GetProperty("os").GetString(), image.GetProperty("mediaType").GetString()));
        Assert.Equal("one", image.GetProperty("tags")[0].GetString());
        Assert.True(image.GetProperty("changeableAttributes").GetProperty("deleteEnabled").GetBoolean());

        var list = (await acr.GetJsonAsync($"/acr/v1/team/app/_manifests/{index}")).GetProperty("manifest");
        Assert.Equal(child.ToString(), list.GetProperty("references")[0].GetProperty("digest").GetString());
        var repository = await acr.GetJsonAsync("/acr/v1/team/app");
        Assert.Equal((2, 2), (repository.GetProperty("manifestCount").GetInt32(), repository.GetProperty("tagCount").GetInt32()));
        Assert.Equal(emulator.Registry.LoginServer, repository.GetProperty("registry").GetString());
    }

    [Theory]
    [InlineData("_tags", "tags", "name")]
    [InlineData("_manifests", "manifests", "digest")]
    public async Task List_InPages_ShowsEverythingOnce(string path, string property, string key)
    {
        await using var emulator = await TestEmulator.StartAsync(manual: true);
        var acr = emulator.AtHome();
        for (var i = 0; i < 5; i++)
        {
            await acr.PushImageAsync("app", $"t{i}", $"image {i}");
            emulator.Manual.Advance(TimeSpan.FromSeconds(1));
        }

        var byName = await PagesAsync(acr, $"/acr/v1/app/{path}?n=2", property, key);
        Assert.Equal(byName.Order(StringComparer.Ordinal), byName);
        var newestFirst = await PagesAsync(acr, $"/acr/v1/app/{path}?n=2&orderby=timedesc", property, key);
        var oldestFirst = await PagesAsync(acr, $"/acr/v1/app/{path}?n=2&orderby=timeasc", property, key);
        Assert.Equal(5, newestFirst.Distinct().Count());
        Assert.Equal(newestFirst.AsEnumerable().Reverse(), oldestFirst);
    }

    [Fact]
    public async Task Tags_FilteredByDigest_AreThoseOfTheManifest()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushImageAsync("app", "a", "same");
        await acr.PushImageAsync("app", "b", "same");
        await acr.PushImageAsync("app", "c", "other");
        var tags = (await acr.GetJsonAsync($"/acr/v1/app/_tags?digest={digest}")).GetProperty("tags");
        Assert.Equal(["a", "b"], tags.EnumerateArray().Select(tag => tag.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("""{"writeEnabled":false}""")]
    [InlineData("""{"deleteEnabled":false}""")]
    public async Task Tag_Locked_CannotBeDeletedNorItsManifest(string attributes)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushImageAsync("app", "1", "one");
        using var patched = await acr.PatchAsync("/acr/v1/app/_tags/1", attributes);
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        Assert.True((await AcrClient.JsonAsync(patched)).GetProperty("tag").GetProperty("changeableAttributes").GetProperty("readEnabled").GetBoolean());

        using var untag = await acr.SendAsync(HttpMethod.Delete, "/acr/v1/app/_tags/1");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "UNSUPPORTED"), (untag.StatusCode, await AcrClient.CodeAsync(untag)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await acr.StatusAsync(HttpMethod.Delete, $"/v2/app/manifests/{digest}"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await acr.StatusAsync(HttpMethod.Delete, "/acr/v1/app"));
        Assert.Equal(HttpStatusCode.OK, await acr.StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));

        using var unlocked = await acr.PatchAsync("/acr/v1/app/_tags/1", """{"writeEnabled":true,"deleteEnabled":true}""");
        Assert.Equal(HttpStatusCode.Accepted, await acr.StatusAsync(HttpMethod.Delete, "/acr/v1/app/_tags/1"));
        Assert.Equal(HttpStatusCode.OK, await acr.StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{digest}"));
    }

    [Fact]
    public async Task Tag_NotWritable_CannotBeMoved()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        await acr.PushImageAsync("app", "1", "one");
        using var locked = await acr.PatchAsync("/acr/v1/app/_tags/1", """{"writeEnabled":false}""");
        await acr.PushBlobAsync("app", "c"u8.ToArray());
        await acr.PushBlobAsync("app", "l"u8.ToArray());
        var json = AcrClient.Manifest("c"u8.ToArray(), "l"u8.ToArray());
        using var response = await acr.SendAsync(HttpMethod.Put, "/v2/app/manifests/1", System.Text.Encoding.UTF8.GetBytes(json), MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        await acr.PutManifestAsync("app", "2", json);
    }

    [Fact]
    public async Task Manifest_NotReadable_IsServedToNobody()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushImageAsync("app", "1", "one");
        using var patched = await acr.PatchAsync($"/acr/v1/app/_manifests/{digest}", """{"readEnabled":false}""");
        foreach (var endpoint in new[] { acr, emulator.AtOther() })
        {
            Assert.Equal(HttpStatusCode.MethodNotAllowed, await endpoint.StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, await endpoint.StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{digest}"));
        }
    }

    [Fact]
    public async Task Tag_NotListed_IsHiddenFromLists()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        await acr.PushImageAsync("app", "1", "one");
        await acr.PushImageAsync("app", "2", "one");
        using var patched = await acr.PatchAsync("/acr/v1/app/_tags/1", """{"listEnabled":false}""");
        Assert.Equal("2", (await acr.GetJsonAsync("/v2/app/tags/list")).GetProperty("tags").EnumerateArray().Single().GetString());
        Assert.Single((await acr.GetJsonAsync("/acr/v1/app/_tags")).GetProperty("tags").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, await acr.StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
    }

    [Fact]
    public async Task Repository_Deleted_NamesWhatWentAway()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        var digest = await acr.PushImageAsync("app", "1", "one");
        using var response = await acr.SendAsync(HttpMethod.Delete, "/acr/v1/app");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = await AcrClient.JsonAsync(response);
        Assert.Equal((digest.ToString(), "1"), (body.GetProperty("manifestsDeleted")[0].GetString(), body.GetProperty("tagsDeleted")[0].GetString()));
        Assert.Equal(HttpStatusCode.NotFound, await acr.StatusAsync(HttpMethod.Get, "/acr/v1/app"));
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtOther().StatusAsync(HttpMethod.Get, $"/v2/app/manifests/{digest}"));
        Assert.Empty((await acr.GetJsonAsync("/acr/v1/_catalog")).GetProperty("repositories").EnumerateArray());
        await acr.PushImageAsync("app", "1", "one");
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Get, "/v2/app/manifests/1"));
    }

    private static async Task<List<string>> PagesAsync(AcrClient acr, string? path, string property, string key)
    {
        var seen = new List<string>();
        while (path is not null)
        {
            using var response = await acr.SendAsync(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            seen.AddRange((await AcrClient.JsonAsync(response)).GetProperty(property).EnumerateArray().Select(item => item.GetProperty(key).GetString()!));
            path = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0][1..] : null;
        }

        return seen;
    }
}
