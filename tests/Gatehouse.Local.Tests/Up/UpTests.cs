using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gatehouse.Local.Api;
using Gatehouse.Local.Hosting;
using Gatehouse.Local.Tests.Support;
using Gatehouse.Local.Tour;
using Gatehouse.TestKit.Files;
using Xunit;

namespace Gatehouse.Local.Tests.Up;

public class UpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Up_KilledAndStartedAgainOnItsData_HasEverythingAndGoesOn()
    {
        using var directory = new TempDirectory();
        using var client = new HttpClient();
        JsonNode before;
        string id;
        await using (var first = LocalProgram.Start("up", "--port", "0", "--data", directory.Path, "--json"))
        {
            before = await first.ReadDocumentAsync();
            id = (await Api(client, before, "rita").RequestAsync($"{before["upstream"]}/shop/api:1.4.2", "contoso/payments/ledger/api", CancellationToken.None))["id"]!.GetValue<string>();
            await Api(client, before, "rita").ForIntakeAsync(id, state => state == "AwaitingApproval", Limit, TimeProvider.System, CancellationToken.None);
            await first.KillAsync();
        }

        await using var second = LocalProgram.Start("up", "--port", "0", "--data", directory.Path, "--json");
        var after = await second.ReadDocumentAsync();

        Assert.Equal(before["upstream"]!.GetValue<string>(), after["upstream"]!.GetValue<string>());
        Assert.Equal(before["topic"]!.GetValue<string>(), after["topic"]!.GetValue<string>());
        Assert.Matches("^https://127\\.0\\.0\\.1:[0-9]+/api/events$", after["topic"]!.GetValue<string>());
        Assert.Equal(before["registries"]!.ToJsonString(), after["registries"]!.ToJsonString());
        await Api(client, after, "adam").ApproveAsync(id, "after the crash", CancellationToken.None);
        var released = await Api(client, after, "rita").ForIntakeAsync(id, state => state is "Released" or "Faulted", Limit, TimeProvider.System, CancellationToken.None);
        Assert.Equal("Released", Waiting.StateOf(released));

        // A token of before the crash is still good, for the key was kept.
        Assert.NotNull(await new GatehouseApi(client, new Uri(after["api"]!.GetValue<string>()), () => Token(before, "rita")).GetAsync("/api/policies", CancellationToken.None));
    }

    [Fact]
    public async Task Up_PortOutOfRange_IsAUsageError()
    {
        await using var program = LocalProgram.Start("up", "--port", "70000");
        await program.FinishAsync(1);

        Assert.Contains("0 to 65535", program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_PortInUse_SaysSoAndLeavesNothingBehind()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var directory = new TempDirectory();

        for (var i = 0; i < 2; i++)
        {
            // In this process, so that the second start meets whatever the first left running.
            var fault = await Assert.ThrowsAsync<IOException>(() => LocalEstate.StartAsync(
                new LocalOptions { Port = port, DataDirectory = directory.Path }, TestContext.Current.CancellationToken));
            Assert.Contains($"127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
        }

        await using var program = LocalProgram.Start("up", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", directory.Path);
        var output = await program.FinishAsync(1);
        Assert.Contains($"127.0.0.1:{port}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_FolderThatIsAFile_SaysSo()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["file"], "not a folder", TestContext.Current.CancellationToken);

        await using var program = LocalProgram.Start("up", "--port", "0", "--data", directory["file"]);
        var output = await program.FinishAsync(1);

        Assert.Contains(directory["file"], output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_FolderInUse_SaysSo()
    {
        using var directory = new TempDirectory();
        await using var first = LocalProgram.Start("up", "--port", "0", "--data", directory.Path, "--json");
        await first.ReadDocumentAsync();
        await using var second = LocalProgram.Start("up", "--port", "0", "--data", directory.Path, "--json");
        var output = await second.FinishAsync(1);

        Assert.Contains(directory.Path, output + second.Errors, StringComparison.Ordinal);
    }

    private static GatehouseApi Api(HttpClient client, JsonNode report, string person) =>
        new(client, new Uri(report["api"]!.GetValue<string>()), () => Token(report, person));

    private static string Token(JsonNode report, string person) =>
        report["people"]!.AsArray().First(candidate => candidate!["name"]!.GetValue<string>() == person)!["token"]!.GetValue<string>();
}
