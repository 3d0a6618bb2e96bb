using Gatehouse.Azure.Storage;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Azure.Tests.Storage.StorageAnswers;

namespace Gatehouse.Azure.Tests.Storage;

public sealed class StorageNamespaceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly RecordKey Key = new("jobs", "p", "r");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Remove_OneOfTwoOnOneAccount_LeavesTheOther()
    {
        var connection = (await azurite.PeerAsync()).ConnectionString;
        await using var one = StorageRig.Connect(connection, @namespace: "local1");
        await using var two = StorageRig.Connect(connection, @namespace: "local2");
        foreach (var (provider, text) in new[] { (one, "of one"), (two, "of two") })
        {
            Assert.True((await Store(provider).CommitAsync(new RecordBatch("jobs", "p").Insert("r", default).Insert("s", default), Cancellation)).IsCommitted);
            await provider.GetRequiredService<IWorkQueue>().EnqueueAsync("intake-work", text, TimeSpan.Zero, Cancellation);
        }

        await one.GetRequiredService<IStorageNamespace>().RemoveAsync(Cancellation);

        Assert.Null(await Store(one).GetAsync(Key, Cancellation));
        Assert.Equal(Key, (await Store(two).GetAsync(Key, Cancellation))!.Key);
        Assert.Empty(await Receiver(one).PeekAsync("intake-work", 32, Cancellation));
        Assert.Equal("of two", Assert.Single(await Receiver(two).PeekAsync("intake-work", 32, Cancellation)).Text);
    }

    [Fact]
    public async Task Remove_NoNamespace_IsRefused()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var provider = StorageRig.Connect(server.BaseUri);

        await Assert.ThrowsAsync<InvalidOperationException>(() => provider.GetRequiredService<IStorageNamespace>().RemoveAsync(Cancellation));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Remove_LongLists_AreFollowedAndOthersSpared()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptStep.Get("/Tables", """{"value":[{"TableName":"local1jobs"},{"TableName":"others"}]}""", ("x-ms-continuation-NextTableName", "1!x")) with { Times = 1 },
            ScriptStep.Get("/Tables", """{"value":[{"TableName":"local1ledger"}]}"""),
            ScriptStep.Get("/", "<EnumerationResults><Queues><Queue><Name>local1-intake-work</Name></Queue></Queues><NextMarker>m/2</NextMarker></EnumerationResults>") with { Times = 1 },
            ScriptStep.Get("/", "<EnumerationResults><Queues><Queue><Name>local1-intake-work-poison</Name></Queue></Queues><NextMarker/></EnumerationResults>"),
            Refuse("DELETE", "/Tables('local1jobs')", 404, "ResourceNotFound"),
            ScriptStep.Reply("DELETE", "/*", 204));
        await using var provider = StorageRig.Connect(server.BaseUri, @namespace: "local1");

        await provider.GetRequiredService<IStorageNamespace>().RemoveAsync(Cancellation);

        Assert.EndsWith("&NextTableName=1%21x", server.Requests[1].Query, StringComparison.Ordinal);
        Assert.Equal("?comp=list&prefix=local1-&marker=m%2F2", server.Requests[3].Query);
        Assert.Equal(
            ["/Tables('local1jobs')", "/Tables('local1ledger')", "/local1-intake-work", "/local1-intake-work-poison"],
            server.Requests.Where(request => request.Method == "DELETE").Select(request => request.Path));
    }

    private static IRecordStore Store(ServiceProvider provider) => provider.GetRequiredService<IRecordStore>();

    private static IWorkQueueReceiver Receiver(ServiceProvider provider) => provider.GetRequiredService<IWorkQueueReceiver>();
}
