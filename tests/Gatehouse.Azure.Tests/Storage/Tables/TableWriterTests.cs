using System.Text;
using System.Text.Json;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Storage.Tables;

public sealed class TableWriterTests
{
    private const string Etag = "W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\"";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(409, "EntityAlreadyExists", CommitOutcome.Exists)]
    [InlineData(404, "ResourceNotFound", CommitOutcome.Missing)]
    [InlineData(404, "EntityNotFound", CommitOutcome.Missing)]
    [InlineData(412, "UpdateConditionNotSatisfied", CommitOutcome.Changed)]
    public async Task Commit_OneOperationRefused_IsItsOutcome(int status, string code, CommitOutcome expected)
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("PUT", "/jobs*", status, code));

        var result = await CommitAsync(server, new RecordBatch("jobs", "p").Replace("r", default, Etag));

        Assert.Equal((expected, 0), (result.Outcome, result.FailedOperation));
        var request = Assert.Single(server.Requests);
        Assert.Equal((Etag, "/jobs(PartitionKey='p',RowKey='r')"), (request.Header("If-Match"), request.Path));
        Assert.StartsWith("SharedKeyLite acct:", request.Authorization, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EntityAlreadyExists", 409, "0:The entity exists.", CommitOutcome.Exists, 0)]
    [InlineData("ResourceNotFound", 404, "1:It is not there.\\nRequestId:1", CommitOutcome.Missing, 1)]
    [InlineData("UpdateConditionNotSatisfied", 412, "1:Changed.", CommitOutcome.Changed, 1)]
    public async Task Commit_BatchRefused_NamesTheOperation(string code, int status, string message, CommitOutcome expected, int operation)
    {
        await using var server = await ScriptedServer.StartAsync(BatchReply($"HTTP/1.1 {status} Refused\r\nContent-Type: application/json\r\n\r\n{Error(code, message)}\r\n"));

        var result = await CommitAsync(server, TwoInserts());

        Assert.Equal((expected, operation), (result.Outcome, result.FailedOperation));
    }

    [Fact]
    public async Task Commit_BatchApplied_ReturnsETagsInOrder()
    {
        await using var server = await ScriptedServer.StartAsync(BatchReply(
            "HTTP/1.1 204 No Content\r\nETag: W/\"a\"\r\n\r\n\r\n--c\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n"));

        var result = await CommitAsync(server, new RecordBatch("jobs", "p").Insert("a", default).Delete("b"));

        Assert.Equal(["W/\"a\"", null], result.ETags);
        var sent = Encoding.UTF8.GetString(Assert.Single(server.Requests).Body.Span);
        Assert.Contains($"POST {server.BaseUri}jobs HTTP/1.1\r\n", sent, StringComparison.Ordinal);
        Assert.Contains($"DELETE {server.BaseUri}jobs(PartitionKey='p',RowKey='b') HTTP/1.1\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("If-Match: *\r\n", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "OperationTimedOut")]
    [InlineData(503, "ServerBusy")]
    [InlineData(429, "TooManyRequests")]
    public async Task Commit_ServiceBusy_IsTriedAgain(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("POST", "/jobs", status, code) with { Times = 2 },
            ScriptStep.Reply("POST", "/jobs", 204, ("ETag", Etag)));

        var result = await CommitAsync(server, new RecordBatch("jobs", "p").Insert("r", default));

        Assert.Equal([Etag], result.ETags);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(400, "InvalidInput", 1)]
    [InlineData(403, "AuthorizationPermissionMismatch", 1)]
    [InlineData(503, "ServerBusy", 4)]
    public async Task Commit_NoTryHelps_IsAFaultThatSaysWhy(int status, string code, int tries)
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("POST", "/jobs", status, code));

        var fault = await Assert.ThrowsAsync<RecordStoreException>(() => CommitAsync(server, new RecordBatch("jobs", "p").Insert("r", default)));

        Assert.Contains($"{status} ({code})", fault.Message, StringComparison.Ordinal);
        Assert.Equal(tries, server.Requests.Count);
    }

    [Fact]
    public async Task Commit_ReplyLostAfterTheWrite_IsCommittedWithTheRowsETag()
    {
        var written = string.Empty;
        await using var server = await ScriptedServer.StartAsync(
            new ScriptStep("POST", "/jobs") { Times = 1, When = request => (written = WriteId(request)).Length > 0, Fail = true },
            Refuse("POST", "/jobs", 409, "EntityAlreadyExists"),
            new ScriptStep("GET", "/jobs*") { Answer = _ => ScriptStep.Get("/jobs*", Entity("r", written)) });

        var result = await CommitAsync(server, new RecordBatch("jobs", "p").Insert("r", default));

        Assert.True(result.IsCommitted);
        Assert.Equal([Etag], result.ETags);
    }

    [Fact]
    public async Task Commit_ReplyLostAndAnothersRowThere_IsAFaultNotARefusal()
    {
        await using var server = await ScriptedServer.StartAsync(
            new ScriptStep("POST", "/jobs") { Times = 1, Fail = true },
            Refuse("POST", "/jobs", 409, "EntityAlreadyExists"),
            ScriptStep.Get("/jobs*", Entity("r", "another")));

        await Assert.ThrowsAsync<RecordStoreException>(() => CommitAsync(server, new RecordBatch("jobs", "p").Insert("r", default)));
    }

    [Fact]
    public async Task Commit_TableMissing_IsMadeOnce()
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("POST", "/jobs", 404, "TableNotFound") with { Times = 1 },
            Refuse("POST", "/Tables", 409, "TableAlreadyExists"),
            ScriptStep.Reply("POST", "/jobs", 204, ("ETag", Etag)));

        Assert.True((await CommitAsync(server, new RecordBatch("jobs", "p").Insert("r", default))).IsCommitted);

        Assert.Equal("{\"TableName\":\"jobs\"}", Encoding.UTF8.GetString(server.Requests[1].Body.Span));
    }

    [Fact]
    public async Task Query_PagesWithContinuations_AreFollowedThoughOneIsEmpty()
    {
        await using var server = await ScriptedServer.StartAsync(
            Page(Entity("a", "w"), ("x-ms-continuation-NextPartitionKey", "1!p"), ("x-ms-continuation-NextRowKey", "1!b")) with { When = request => !request.Query.Contains("NextPartitionKey", StringComparison.Ordinal) },
            Page(string.Empty, ("x-ms-continuation-NextPartitionKey", "2!p")) with { When = request => request.Query.EndsWith("&NextPartitionKey=1%21p&NextRowKey=1%21b", StringComparison.Ordinal) },
            Page(Entity("c", "w")) with { When = request => request.Query.EndsWith("&NextPartitionKey=2%21p", StringComparison.Ordinal) });
        await using var provider = StorageRig.Connect(server.BaseUri);

        var rows = new List<string>();
        await foreach (var record in provider.GetRequiredService<IRecordStore>().QueryAsync(RecordQuery.Prefix("jobs", "o'n", "~").After("~1"), Cancellation))
        {
            rows.Add(record.Key.Row);
        }

        Assert.Equal(["a", "c"], rows);
        Assert.StartsWith("?$filter=PartitionKey eq 'o''n' and RowKey gt '~1'&$top=1000", Uri.UnescapeDataString(server.Requests[0].Query), StringComparison.Ordinal);
        Assert.Empty(server.Unexpected);
    }

    private static async Task<CommitResult> CommitAsync(ScriptedServer server, RecordBatch batch)
    {
        await using var provider = StorageRig.Connect(server.BaseUri);
        return await provider.GetRequiredService<IRecordStore>().CommitAsync(batch, Cancellation);
    }

    private static RecordBatch TwoInserts() => new RecordBatch("jobs", "p").Insert("a", default).Insert("b", default);

    private static string Error(string code, string message) => $"{{\"odata.error\":{{\"code\":\"{code}\",\"message\":{{\"lang\":\"en-US\",\"value\":\"{message}\"}}}}}}";

    private static ScriptStep Refuse(string method, string path, int status, string code) =>
        new(method, path) { Status = status, Body = Encoding.UTF8.GetBytes(Error(code, "Why.")) };

    private static ScriptStep BatchReply(string parts) => new("POST", "/$batch")
    {
        Status = 202,
        Body = Encoding.UTF8.GetBytes($"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\n\r\n{parts}--c--\r\n--b--\r\n"),
    };

    private static ScriptStep Page(string entities, params (string, string)[] headers) => ScriptStep.Get("/jobs()", $"{{\"value\":[{entities}]}}", headers);

    private static string Entity(string row, string writeId) =>
        $$"""{"odata.etag":"{{Etag.Replace("\"", "\\\"", StringComparison.Ordinal)}}","PartitionKey":"p","RowKey":"{{row}}","w":"{{writeId}}"}""";

    private static string WriteId(RecordedRequest request) => JsonDocument.Parse(request.Body).RootElement.GetProperty("w").GetString()!;
}
