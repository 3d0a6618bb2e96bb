using System.Text.Json.Nodes;
using Gatehouse.Local.Api;
using Gatehouse.Local.Tests.Support;
using Gatehouse.Local.Tour;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Peers;
using Xunit;

namespace Gatehouse.Local.Tests.Storage;

public class AzuriteTests
{
    private const string Variable = "Gatehouse__Azure__Storage__ConnectionString";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>At once, so that a state they shared would surely show.</summary>
    [Fact]
    public async Task Tour_TwoOnOneAzurite_WalkEveryStepAndLeaveNothing()
    {
        await using var azurite = await AzuritePeer.StartAsync(Cancellation);

        await Task.WhenAll(TourAsync(azurite), TourAsync(azurite));
    }

    [Fact]
    public async Task Up_KilledAndStartedAgainOnItsData_FindsItsNamespace()
    {
        await using var azurite = await AzuritePeer.StartAsync(Cancellation);
        using var directory = new TempDirectory();
        using var client = new HttpClient();
        string id;
        await using (var first = Start(azurite.ConnectionString, "up", "--port", "0", "--data", directory.Path, "--storage", "azurite", "--json"))
        {
            var before = await first.ReadDocumentAsync();
            id = (await Api(client, before, "rita").RequestAsync($"{before["upstream"]}/shop/api:1.4.2", "contoso/payments/ledger/api", Cancellation))["id"]!.GetValue<string>();
            await first.KillAsync();
        }

        await using var second = Start(azurite.ConnectionString, "up", "--port", "0", "--data", directory.Path, "--storage", "azurite", "--json");
        var after = await second.ReadDocumentAsync();
        var intake = await Api(client, after, "rita").ForIntakeAsync(id, state => state is "AwaitingApproval" or "Faulted", Limit, TimeProvider.System, Cancellation);

        Assert.Equal("AwaitingApproval", Waiting.StateOf(intake));
    }

    [Fact]
    public async Task Up_DataBegunInFiles_IsNotContinuedOnAzurite()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["storage"]);
        await using var program = Start("UseDevelopmentStorage=true", "up", "--port", "0", "--data", directory.Path, "--storage", "azurite", "--json");

        await program.FinishAsync(1);

        Assert.Contains("was begun with --storage embedded", program.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a", "start one with 'npx azurite")]
    [InlineData("AccountName=a;AccountKey=a2V5;TableEndpoint=https://a.table.core.windows.net;QueueEndpoint=https://a.queue.core.windows.net", "Gatehouse:Azure:Storage:ConnectionString is not usable")]
    public async Task Tour_NoAzurite_SaysSoAndWhatToDo(string connection, string expected)
    {
        await using var program = Start(connection, "tour", "--storage", "azurite", "--json");

        var output = await program.FinishAsync(1);

        Assert.Contains(expected, Joined(program.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("a2V5", output + program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tour_UnknownStorage_IsRefusedWithTheAllowedOnes()
    {
        await using var program = LocalProgram.Start("tour", "--storage", "floppy");

        await program.FinishAsync(1);

        Assert.Contains("'embedded'", program.Errors, StringComparison.Ordinal);
        Assert.Contains("'azurite'", program.Errors, StringComparison.Ordinal);
    }

    private static async Task TourAsync(AzuritePeer azurite)
    {
        await using var program = Start(azurite.ConnectionString, "tour", "--storage", "azurite", "--json", "--verbose");

        var output = await program.FinishAsync(0);

        var report = JsonNode.Parse(output)!;
        Assert.Equal(11, report["steps"]!.AsArray().Count);
        Assert.True(report["ledger"]!["verified"]!.GetValue<bool>());
        Assert.Matches(@"Removed \d+ tables and [12] queues of namespace local[0-9a-f]{16}", program.Errors);
    }

    private static LocalProgram Start(string connection, params string[] arguments) => LocalProgram.Start([(Variable, connection)], arguments);

    /// <summary>The console breaks long lines.</summary>
    private static string Joined(string text) => string.Join(' ', text.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static GatehouseApi Api(HttpClient client, JsonNode report, string person) => new(
        client,
        new Uri(report["api"]!.GetValue<string>()),
        () => report["people"]!.AsArray().First(candidate => candidate!["name"]!.GetValue<string>() == person)!["token"]!.GetValue<string>());
}
