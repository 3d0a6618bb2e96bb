using System.Text;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Azure.Tests.Storage.StorageAnswers;

namespace Gatehouse.Azure.Tests.Storage;

/// <summary>A 404 is storage's word only with storage's code. One of a proxy, taken for "there is none", loses records and messages.</summary>
public sealed class ForeignAnswerTests
{
    private const string Page = "<html><head>\r\n<title>404</title></head>\u0007 <body>gateway-7 knows no such host</body></html>";
    private const string Said = "404 (no code): The answer has no error code of the service; it begins '<html><head> <title>404</title></head> <body>gateway-7 knows no such host</body></html>'";
    private const string Messages = "/intake-work/messages";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly QueueMessage Claimed = new("intake-work", "m1", "text", 5, Now, Now, "receipt");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> TableCodes => ["ResourceNotFound", "EntityNotFound", "TableNotFound"];

    [Fact]
    public async Task Tables_404OfAProxy_IsAFaultThatQuotesIt()
    {
        await using var server = await ScriptedServer.StartAsync(Foreign("*", "/*"));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var store = provider.GetRequiredService<IRecordStore>();

        foreach (var call in (Func<Task>[])[
            () => store.GetAsync(new RecordKey("jobs", "p", "r"), Cancellation),
            async () => await store.QueryAsync(RecordQuery.Prefix("jobs", "p", "r"), Cancellation).ToListAsync(Cancellation),
            () => store.CommitAsync(new RecordBatch("jobs", "p").Delete("r"), Cancellation),
            () => store.CommitAsync(new RecordBatch("jobs", "p").Delete("r").Delete("s"), Cancellation)])
        {
            Assert.Contains(Said, (await Assert.ThrowsAsync<RecordStoreException>(call)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("AccountNotFound")]
    [InlineData("Other")]
    public async Task Tables_404OfAnotherKind_IsAFault(string code)
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("GET", "/*", 404, code));
        await using var provider = StorageRig.Connect(server.BaseUri);

        var fault = await Assert.ThrowsAsync<RecordStoreException>(() => provider.GetRequiredService<IRecordStore>().GetAsync(new RecordKey("jobs", "p", "r"), Cancellation));

        Assert.Contains($"404 ({code}): Why", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TableCodes))]
    public async Task Tables_NotFound_IsKnownByBodyOrHeader(string code)
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("GET", "/jobs*", 404, code) with { Times = 2 },
            ScriptStep.Reply("GET", "/jobs*", 404, ("x-ms-error-code", code)));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var store = provider.GetRequiredService<IRecordStore>();

        for (var i = 0; i < 2; i++)
        {
            Assert.Null(await store.GetAsync(new RecordKey("jobs", "p", "r"), Cancellation));
            Assert.Empty(await store.QueryAsync(RecordQuery.Prefix("jobs", "p", "r"), Cancellation).ToListAsync(Cancellation));
        }

        Assert.Equal(4, server.Requests.Count);
    }

    /// <summary>A table that was there for a page does not end the list by going.</summary>
    [Theory]
    [MemberData(nameof(TableCodes))]
    public async Task Query_404AfterThePagesBefore_IsAFaultAndNoEnd(string code)
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptStep.Get("/jobs()", $"{{\"value\":[{Entity("a", "w")}]}}", ("x-ms-continuation-NextPartitionKey", "1!p")) with { Times = 1 },
            Refuse("GET", "/jobs()", 404, code));
        await using var provider = StorageRig.Connect(server.BaseUri);

        var fault = await Assert.ThrowsAsync<RecordStoreException>(async () => await provider.GetRequiredService<IRecordStore>().QueryAsync(RecordQuery.Prefix("jobs", "p", "a"), Cancellation).ToListAsync(Cancellation));

        Assert.Contains($"404 ({code})", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queues_404OfAProxy_IsAFaultThatQuotesItAndMakesNothing()
    {
        await using var server = await ScriptedServer.StartAsync(Foreign("*", "/*"));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var (queue, receiver) = (provider.GetRequiredService<IWorkQueue>(), provider.GetRequiredService<IWorkQueueReceiver>());

        foreach (var call in (Func<Task>[])[
            () => queue.EnqueueAsync("intake-work", "text", TimeSpan.Zero, Cancellation),
            () => receiver.ReceiveAsync("intake-work", 1, TimeSpan.FromSeconds(30), Cancellation),
            () => receiver.PeekAsync("intake-work", 1, Cancellation),
            () => receiver.CountAsync("intake-work", Cancellation),
            () => receiver.CompleteAsync(Claimed, Cancellation),
            () => receiver.AbandonAsync(Claimed, TimeSpan.Zero, Cancellation),
            () => receiver.MoveToPoisonAsync(Claimed, Cancellation)])
        {
            Assert.Contains(Said, (await Assert.ThrowsAsync<IOException>(call)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(7, server.Requests.Count);
        Assert.Equal(0, server.Count("PUT", "/intake-work"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Queues_QueueNotFound_HoldsNothingWhereverItIsSaid(bool inBody)
    {
        await using var server = await ScriptedServer.StartAsync(
            inBody ? RefuseXml("*", "/intake-work*", 404, "QueueNotFound") : ScriptStep.Reply("*", "/intake-work*", 404, ("x-ms-error-code", "QueueNotFound")));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var receiver = provider.GetRequiredService<IWorkQueueReceiver>();

        Assert.Empty(await receiver.ReceiveAsync("intake-work", 1, TimeSpan.FromSeconds(30), Cancellation));
        Assert.Empty(await receiver.PeekAsync("intake-work", 1, Cancellation));
        Assert.Equal(0, await receiver.CountAsync("intake-work", Cancellation));
        Assert.False(await receiver.CompleteAsync(Claimed, Cancellation));
    }

    /// <summary>A message is gone only for its own calls: of a list it says nothing.</summary>
    [Fact]
    public async Task Queues_MessageNotFoundForAList_IsAFault()
    {
        await using var server = await ScriptedServer.StartAsync(RefuseXml("GET", Messages, 404, "MessageNotFound"));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IWorkQueueReceiver>().ReceiveAsync("intake-work", 1, TimeSpan.FromSeconds(30), Cancellation));
    }

    private static ScriptStep Foreign(string method, string path) => new(method, path) { Status = 404, Headers = [("Content-Type", "text/html")], Body = Encoding.UTF8.GetBytes(Page) };
}
