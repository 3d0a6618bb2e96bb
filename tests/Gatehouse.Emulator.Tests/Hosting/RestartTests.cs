using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Emulator.Tests.Hosting;

public sealed class RestartTests
{
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Restart_KeepsPortsKeysContentAndPendingReplication()
    {
        using var directory = new TempDirectory();
        var clock = new ManualTimeProvider();
        string loginServer, endpoint, token, header, certificate;
        await using (var first = await TestEmulator.StartAsync(Lag, directory, clock))
        {
            await first.AtHome().PushImageAsync("app", "1", "one");
            clock.Advance(Lag);
            await first.AtHome().PushImageAsync("app", "2", "two");
            using var locked = await first.AtHome().PatchAsync("/acr/v1/app/_tags/1", """{"writeEnabled":false}""");
            first.Registry.Store.SetRouting(first.Other, enabled: false);
            (loginServer, endpoint, header) = (first.Registry.LoginServer, first.Home.Endpoint, first.Host.IdentityHeader);
            token = await first.AtHome().AccessTokenAsync("repository:app:pull");
            certificate = await File.ReadAllTextAsync(first.Host.CertificatePath, TestEmulator.Token);
        }

        await using var second = await TestEmulator.StartAsync(Lag, directory, clock);
        Assert.Equal((loginServer, endpoint, header), (second.Registry.LoginServer, second.Home.Endpoint, second.Host.IdentityHeader));
        Assert.Equal(certificate, await File.ReadAllTextAsync(second.Host.CertificatePath, TestEmulator.Token));
        Assert.DoesNotContain("PRIVATE", certificate, StringComparison.Ordinal);
        Assert.False(second.Other.RoutingEnabled);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{endpoint}/v2/app/manifests/1");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await second.Http.SendAsync(request, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await second.AtHome().StatusAsync(HttpMethod.Delete, "/acr/v1/app/_tags/1"));
        Assert.Equal(HttpStatusCode.OK, await second.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.NotFound, await second.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/2"));
        clock.Advance(Lag);
        Assert.Equal(HttpStatusCode.OK, await second.AtOther().StatusAsync(HttpMethod.Head, "/v2/app/manifests/2"));
    }

    [Fact]
    public async Task FilesOfARunningEmulator_AsAKilledOneLeavesThem_HoldAllThatWasAcknowledged()
    {
        await using var first = await TestEmulator.StartAsync();
        using var copy = new TempDirectory();
        var digest = await first.AtHome().PushImageAsync("app", "1", "one");
        using var start = await first.AtHome().SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        using var half = await first.AtHome().SendAsync(HttpMethod.Patch, start.Headers.Location!.ToString(), "half an upl"u8.ToArray(), "application/octet-stream");
        var load = Task.WhenAll(Enumerable.Range(0, 12).Select(i => first.AtHome().PushImageAsync("load", $"{i}", $"load {i}")));
        await Soon.IsAsync(() => first.Registry.Store.Read(first.Home, content => content.Find("load")?.ManifestCount > 2));

        // All state is written with plain writes and renames, so a copy of the files is what the death of the process would leave.
        Copy(first.Directory.Path, copy.Path, "journal.jsonl");
        Copy(first.Directory.Path, copy.Path, "*");
        await load;
        await File.AppendAllTextAsync(copy["registries/contoso/journal.jsonl"], "{\"change\":{\"sequ", TestEmulator.Token);

        await using var second = await TestEmulator.StartAsync(directory: copy);
        Assert.Equal(HttpStatusCode.OK, await second.AtOther().StatusAsync(HttpMethod.Get, $"/v2/app/manifests/{digest}"));
        Assert.True((await second.AtHome().GetJsonAsync("/acr/v1/load")).GetProperty("manifestCount").GetInt32() > 2);
        foreach (var manifest in (await second.AtHome().GetJsonAsync("/acr/v1/load/_manifests")).GetProperty("manifests").EnumerateArray())
        {
            Assert.Equal(HttpStatusCode.OK, await second.AtHome().StatusAsync(HttpMethod.Get, $"/v2/load/manifests/{manifest.GetProperty("digest").GetString()}"));
        }

        foreach (var blob in Directory.EnumerateFiles(copy["registries/contoso/blobs/sha256"], "*", SearchOption.AllDirectories))
        {
            Assert.Equal(Path.GetFileName(blob), Digest.OfBytes(await File.ReadAllBytesAsync(blob, TestEmulator.Token)).Hex);
        }

        Assert.Empty(Directory.EnumerateFiles(copy["registries/contoso/uploads"]));
        await second.AtHome().PushImageAsync("app", "after", "after");
    }

    [Fact]
    public async Task Import_ThatWasRunning_IsFoundFailed()
    {
        using var directory = new TempDirectory();
        string location;
        await using (var first = await TestEmulator.StartAsync(directory: directory))
        {
            first.Upstream.Replicas[0].Faults.Delay = TimeSpan.FromHours(1);
            using var start = await new Arm.ArmClient(first).ImportAsync(Arm.ArmClient.Body(first.Upstream.LoginServer, "app:1", "mirror/app:1"));
            location = start.Headers.Location!.ToString();
        }

        await using var second = await TestEmulator.StartAsync(directory: directory);
        using var poll = await new Arm.ArmClient(second).PollAsync(location);
        Assert.Equal((HttpStatusCode.InternalServerError, "InternalServerError"), (poll.StatusCode, await Arm.ArmClient.CodeAsync(poll)));
        using var again = await new Arm.ArmClient(second).PollAsync(location.Replace("registries-", "registries-x", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Directory_InUse_IsRefused()
    {
        await using var first = await TestEmulator.StartAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => TestEmulator.StartAsync(directory: first.Directory));
    }

    [Fact]
    public async Task Port_TakenMeanwhile_IsReplaced()
    {
        using var directory = new TempDirectory();
        string loginServer;
        await using (var first = await TestEmulator.StartAsync(directory: directory))
        {
            loginServer = first.Registry.LoginServer;
        }

        using var taken = new System.Net.Sockets.TcpListener(IPEndPoint.Parse(loginServer));
        taken.Start();
        await using var second = await TestEmulator.StartAsync(directory: directory);
        Assert.NotEqual(loginServer, second.Registry.LoginServer);
        Assert.Equal(HttpStatusCode.OK, await second.At(second.Registry.LoginServer).StatusAsync(HttpMethod.Get, "/v2/"));
    }

    private static void Copy(string from, string to, string pattern)
    {
        foreach (var file in Directory.EnumerateFiles(from, pattern, SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = new FileStream(target, FileMode.CreateNew);
                source.CopyTo(copy);
            }
            catch (IOException)
            {
                // Renamed while copying, locked, or copied by the first pass.
            }
        }
    }
}
