using System.Net;
using System.Net.Sockets;
using Gatehouse.Azure.Storage;
using Gatehouse.Core.Readiness;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Azure.Tests.Storage.StorageAnswers;

namespace Gatehouse.Azure.Tests.Storage;

public sealed class StorageCheckTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Row = "/health(PartitionKey='0',RowKey='0')";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_NewAzurite_HasNoProblem()
    {
        await using var provider = StorageRig.Connect((await azurite.PeerAsync()).ConnectionString);

        Assert.Null(await Check(provider).FindProblemAsync(Cancellation));
    }

    [Theory]
    [InlineData("AuthorizationPermissionMismatch", "the Table service of storage account 'acct'", "lacks the role 'Storage Table Data Contributor' on account 'acct'")]
    [InlineData("AuthorizationPermissionMismatch", "the Queue service of storage account 'acct'", "lacks the role 'Storage Queue Data Contributor' on account 'acct'")]
    [InlineData("AuthorizationFailure", "the Table service of storage account 'acct'", "network rules")]
    [InlineData("AccountIsDisabled", "the Table service of storage account 'acct'", "403 (AccountIsDisabled)")]
    public async Task Find_NotLetIn_NamesTheAccountTheServiceAndTheReason(string code, string service, string reason)
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("GET", Row, 403, code), RefuseXml("GET", "/intake-work", 403, code));
        await using var provider = StorageRig.Connect(server.BaseUri);

        var problem = await Check(provider).FindProblemAsync(Cancellation);

        Assert.Contains(service, problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OnlyOneServiceLetsUsIn_IsAProblem()
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("GET", Row, 404, "TableNotFound"), RefuseXml("GET", "/intake-work", 403, "AuthorizationPermissionMismatch"));
        await using var provider = StorageRig.Connect(server.BaseUri);

        var problem = await Check(provider).FindProblemAsync(Cancellation);

        Assert.Contains("'Storage Queue Data Contributor'", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("Table", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ServerThatIsNoStorage_IsAProblem()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("*", "/*", 404));
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.NotNull(await Check(provider).FindProblemAsync(Cancellation));
    }

    [Fact]
    public async Task Find_AskedOften_AsksTheServiceOncePerSpell()
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("GET", Row, 403, "AuthorizationFailure") with { Times = 1 },
            Refuse("GET", Row, 404, "TableNotFound"),
            RefuseXml("GET", "/intake-work", 404, "QueueNotFound"));
        var clock = new ManualTimeProvider();
        await using var provider = StorageRig.Connect(server.BaseUri, clock);
        var check = Check(provider);

        var first = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => check.FindProblemAsync(Cancellation)));
        clock.Advance(StorageCheck.Fresh);
        var later = await check.FindProblemAsync(Cancellation);

        Assert.All(first, problem => Assert.Contains("AuthorizationFailure", problem, StringComparison.Ordinal));
        Assert.Null(later);
        Assert.Equal(2, server.Count("GET", Row));
    }

    [Fact]
    public async Task Find_ServiceThatNeverAnswers_GivesUp()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = new ManualTimeProvider();
        await using var provider = StorageRig.Connect(new Uri($"http://{silent.LocalEndpoint}/"), clock);
        var finding = Check(provider).FindProblemAsync(Cancellation);

        await Eventually.NothingIsMissingAsync(() => Task.FromResult(clock.Waiting > 0 ? null : "no limit is set"), TimeSpan.FromSeconds(30), Cancellation);
        clock.Advance(StorageCheck.Limit);

        Assert.Contains("no answer within 00:00:05", await finding, StringComparison.Ordinal);
    }

    private static IReadinessCheck Check(ServiceProvider provider) => provider.GetRequiredService<IReadinessCheck>();
}
