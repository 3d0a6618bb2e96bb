using System.Net;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Peers;

namespace Gatehouse.Emulator.Tests.Peers;

public sealed class SkopeoTests
{
    private const string Credentials = "robot:secret-word";

    [Fact]
    public async Task Index_CopiedInAndOut_KeepsItsDigests_AtEveryEndpoint()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var upstream = emulator.AtUpstream();
        var children = new[] { await upstream.PushImageAsync("library/app", null, "a", gzip: true), await upstream.PushImageAsync("library/app", null, "b", gzip: true) };
        var index = await upstream.PutManifestAsync("library/app", "1", AcrClient.Index(children).Replace("\"size\":1", $"\"size\":{await SizeAsync(upstream, children[0])}", StringComparison.Ordinal), MediaTypes.OciIndex);

        await Skopeo.RunAsync(
            TestEmulator.Token,
            "copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false", "--dest-creds", Credentials,
            $"docker://{upstream.Endpoint}/library/app:1", $"docker://{emulator.Registry.LoginServer}/mirror/app:1");
        Assert.Equal(HttpStatusCode.OK, await emulator.AtOther().StatusAsync(HttpMethod.Head, $"/v2/mirror/app/manifests/{index}"));

        foreach (var endpoint in new[] { emulator.Registry.LoginServer, emulator.Home.Endpoint, emulator.Other.Endpoint })
        {
            var image = $"docker://{endpoint}/mirror/app";
            var raw = await Skopeo.RunAsync(TestEmulator.Token, "inspect", "--raw", "--tls-verify=false", "--creds", Credentials, image + ":1");
            Assert.Equal(index, Digest.OfBytes(System.Text.Encoding.UTF8.GetBytes(raw)));
            var config = await Skopeo.RunAsync(TestEmulator.Token, "inspect", "--config", "--raw", "--tls-verify=false", "--creds", Credentials, $"{image}@{children[0]}");
            Assert.Equal("amd64", JsonSerializer.Deserialize<JsonElement>(config).GetProperty("architecture").GetString());
            var tags = await Skopeo.RunAsync(TestEmulator.Token, "list-tags", "--tls-verify=false", "--creds", Credentials, image);
            Assert.Equal(["1"], JsonSerializer.Deserialize<JsonElement>(tags).GetProperty("Tags").EnumerateArray().Select(tag => tag.GetString()));

            var layout = emulator.Directory["out-" + endpoint.Split(':')[1]];
            await Skopeo.RunAsync(TestEmulator.Token, "copy", "--all", "--src-tls-verify=false", "--src-creds", Credentials, image + ":1", $"oci:{layout}:1");
            Assert.True(File.Exists(Path.Combine(layout, "blobs", "sha256", index.Hex)));
            Assert.True(File.Exists(Path.Combine(layout, "blobs", "sha256", Digest.OfBytes(AcrClient.Gzip("layer b"u8.ToArray())).Hex)));
        }
    }

    [Fact]
    public async Task WrongPassword_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Skopeo.RunAsync(
            TestEmulator.Token, "inspect", "--raw", "--tls-verify=false", "--creds", "robot:wrong", $"docker://{emulator.Registry.LoginServer}/app:1"));
        Assert.Contains("unauthorized", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Delete_ByReference_RemovesTheManifest()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var digest = await emulator.AtHome().PushImageAsync("app", "1", "one");
        await Skopeo.RunAsync(TestEmulator.Token, "delete", "--tls-verify=false", "--creds", Credentials, $"docker://{emulator.Registry.LoginServer}/app:1");
        Assert.Equal(HttpStatusCode.NotFound, await emulator.AtHome().StatusAsync(HttpMethod.Head, $"/v2/app/manifests/{digest}"));
    }

    private static async Task<long> SizeAsync(AcrClient client, Digest digest)
    {
        using var head = await client.SendAsync(HttpMethod.Head, $"/v2/library/app/manifests/{digest}");
        return head.Content.Headers.ContentLength!.Value;
    }
}
