using System.Text;
using System.Text.Json;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Logs;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Azure.Tests.Storage.StorageAnswers;

namespace Gatehouse.Azure.Tests.Storage.Tables;

/// <summary>Everything the Table service has been known to do instead of what it was asked.</summary>
public sealed class TableFaultTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(500, "OperationTimedOut")]
    [InlineData(429, "TooManyRequests")]
    public async Task Commit_ToldToWait_WaitsExactlySoLong(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("POST", "/jobs", status, code, ("Retry-After", "3")) with { Times = 1 },
            ScriptStep.Reply("POST", "/jobs", 204, ("ETag", Etag)));
        var clock = new ManualTimeProvider();
        await using var provider = StorageRig.Connect(server.BaseUri, clock, TimeSpan.FromSeconds(5));
        var committing = CommitAsync(provider, One());

        await Eventually.NothingIsMissingAsync(() => Task.FromResult(clock.Waiting == 1 ? null : "no wait"), TimeSpan.FromSeconds(30), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal((1, 1), (clock.Waiting, server.Requests.Count));
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True((await committing).IsCommitted);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(500, "OperationTimedOut")]
    [InlineData(429, "TooManyRequests")]
    public async Task Commit_ToldToWaitTooLong_FailsAtOnceAndSaysHowLong(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("POST", "/jobs", status, code, ("Retry-After", "60")));
        await using var provider = StorageRig.Connect(server.BaseUri);

        var fault = await FaultAsync(provider, One());

        Assert.Contains($"{status} ({code})", fault, StringComparison.Ordinal);
        Assert.Contains("asks to be left alone for 00:01:00", fault, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(503, "ServerBusy", 4)]
    [InlineData(500, "OperationTimedOut", 4)]
    [InlineData(429, "TooManyRequests", 4)]
    [InlineData(409, "TableBeingDeleted", 4)]
    [InlineData(413, "RequestBodyTooLarge", 1)]
    public async Task Commit_RefusedForGood_IsAFaultAfterSoManyTries(int status, string code, int tries)
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("POST", "/jobs", status, code));
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.Contains($"{status} ({code}): Why", await FaultAsync(provider, One()), StringComparison.Ordinal);
        Assert.Equal(tries, server.Requests.Count);
    }

    [Fact]
    public async Task Commit_TableBeingDeleted_IsTriedUntilItCanBeMadeAgain()
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("POST", "/jobs", 404, "TableNotFound") with { Times = 2 },
            Refuse("POST", "/Tables", 409, "TableBeingDeleted") with { Times = 1 },
            ScriptStep.Reply("POST", "/Tables", 204),
            ScriptStep.Reply("POST", "/jobs", 204, ("ETag", Etag)));
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.True((await CommitAsync(provider, One())).IsCommitted);
        Assert.Equal((3, 2), (server.Count("POST", "/jobs"), server.Count("POST", "/Tables")));
    }

    [Theory]
    [InlineData("PUT", "UpdateConditionNotSatisfied", 412)]
    [InlineData("POST", "EntityAlreadyExists", 409)]
    public async Task Commit_ConnectionResetAfterTheWrite_FindsItAndRepeatsNothing(string method, string code, int status)
    {
        var written = string.Empty;
        await using var server = await ScriptedServer.StartAsync(
            new ScriptStep(method, "/jobs*") { Times = 1, When = request => (written = WriteId(request.Body)).Length > 0, Fail = true },
            Refuse(method, "/jobs*", status, code),
            new ScriptStep("GET", "/jobs*") { Answer = _ => ScriptStep.Get("/jobs*", Entity("r", written, "W/\"new\"")) });
        await using var provider = StorageRig.Connect(server.BaseUri);

        var result = await CommitAsync(provider, method == "PUT" ? new RecordBatch("jobs", "p").Replace("r", default, Etag) : One());

        Assert.Equal(["W/\"new\""], result.ETags);
        Assert.Equal((2, 1), (server.Count(method, "/jobs*"), server.Count("GET", "/jobs*")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_BatchReplyLostAfterTheWrite_FindsItAndRepeatsNothing(bool cutShort)
    {
        var written = string.Empty;
        var lost = Batch("HTTP/1.1 204 No Content\r\nETag: W/\"a\"\r\n\r\n");
        await using var server = await ScriptedServer.StartAsync(
            lost with { Times = 1, When = request => (written = BatchWriteId(request)).Length > 0, Fail = !cutShort, FailAfter = cutShort ? 40 : null },
            Batch(RefusedPart(409, "EntityAlreadyExists", "0:The specified entity already exists.")),
            new ScriptStep("GET", "/jobs*") { Answer = request => ScriptStep.Get("/jobs*", Entity("r", written, request.Path.Contains("'a'", StringComparison.Ordinal) ? "W/\"a\"" : "W/\"b\"")) });
        await using var provider = StorageRig.Connect(server.BaseUri);

        var result = await CommitAsync(provider, new RecordBatch("jobs", "p").Insert("a", default).Upsert("b", default).Delete("c"));

        Assert.True(result.IsCommitted);
        Assert.Equal(["W/\"a\"", "W/\"b\"", null], result.ETags);
        Assert.Equal(2, server.Count("POST", "/$batch"));
    }

    /// <summary>A busy partition turns requests away before anything is done: what is there then is another's.</summary>
    [Fact]
    public async Task Commit_TurnedAwayAndThenRefused_IsARefusal()
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("POST", "/jobs", 503, "ServerBusy") with { Times = 2 },
            Refuse("POST", "/jobs", 409, "EntityAlreadyExists"));
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.Equal(CommitOutcome.Exists, (await CommitAsync(provider, One())).Outcome);
        Assert.Equal(0, server.Count("GET", "/*"));
    }

    [Theory]
    [InlineData(404, "ResourceNotFound", "99:The specified resource does not exist.", CommitOutcome.Missing, 99)]
    [InlineData(412, "UpdateConditionNotSatisfied", "0:The update condition specified in the request was not satisfied.", CommitOutcome.Changed, 0)]
    public async Task Commit_TransactionHalfRefused_NamesTheOperationOfTheMessage(int status, string code, string message, CommitOutcome outcome, int operation)
    {
        await using var server = await ScriptedServer.StartAsync(Batch(RefusedPart(status, code, message)));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var batch = new RecordBatch("jobs", "p");
        for (var i = 0; i < RecordLimits.MaxBatchOperations; i++)
        {
            batch.Replace($"r{i}", default, Etag);
        }

        var result = await CommitAsync(provider, batch);

        Assert.Equal((outcome, operation), (result.Outcome, result.FailedOperation));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Commit_TransactionRefusedWithoutANumber_IsAFaultAndNoGuess()
    {
        await using var server = await ScriptedServer.StartAsync(Batch(RefusedPart(409, "EntityAlreadyExists", "The specified entity already exists.")));
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.Contains("409 (EntityAlreadyExists)", await FaultAsync(provider, new RecordBatch("jobs", "p").Insert("a", default).Insert("b", default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commit_BatchTooLongForOneTransaction_IsTheCallersErrorAndSentNowhere()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var provider = StorageRig.Connect(server.BaseUri);
        var batch = new RecordBatch("jobs", "p");
        for (var i = 0; i < 4; i++)
        {
            batch.Insert($"r{i}", new byte[RecordLimits.MaxDataBytes]);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(provider, batch));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("AuthorizationPermissionMismatch", 0, "lacks the role 'Storage Table Data Contributor' on account 'acct'", "clock")]
    [InlineData("AuthorizationFailure", 0, "network rules of account 'acct'", "clock")]
    [InlineData("AuthenticationFailed", 5, "clock is 00:05:00 behind the service's", "role")]
    [InlineData("AuthenticationFailed", -60, "clock is 01:00:00 ahead of the service's", "role")]
    public async Task Call_NotLetIn_SaysWhatToDo(string code, int minutesOfTheirs, string expected, string unexpected)
    {
        var date = ("Date", (Now + TimeSpan.FromMinutes(minutesOfTheirs)).ToString("R"));
        await using var server = await ScriptedServer.StartAsync(Refuse("*", "/jobs*", 403, code, date));
        await using var provider = StorageRig.Connect(server.BaseUri, new ManualTimeProvider(Now));

        var write = await FaultAsync(provider, One());
        var read = (await Assert.ThrowsAsync<RecordStoreException>(() => provider.GetRequiredService<IRecordStore>().GetAsync(new RecordKey("jobs", "p", "r"), Cancellation))).Message;

        Assert.All([write, read], message =>
        {
            Assert.Contains($"403 ({code})", message, StringComparison.Ordinal);
            Assert.Contains(expected, message, StringComparison.Ordinal);
            Assert.DoesNotContain(unexpected, message, StringComparison.Ordinal);
        });
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"value\":null}")]
    [InlineData("{\"value\":{}}")]
    [InlineData("{\"value\":[null]}")]
    [InlineData("{\"value\":[{\"PartitionKey\":\"p\",\"RowKey\":\"r\"}]}")]
    [InlineData("{\"value\":[{\"odata.etag\":\"e\",\"PartitionKey\":\"p\",\"RowKey\":null}]}")]
    [InlineData("{\"value\":[{\"odata.etag\":\"e\",\"PartitionKey\":\"p\",\"RowKey\":7}]}")]
    [InlineData("{\"value\":[{\"odata.etag\":\"e\",\"PartitionKey\":\"p\",\"RowKey\":\"r\",\"d0\":\"%\"}]}")]
    [InlineData("<html>busy</html>")]
    [InlineData("")]
    public async Task Query_AnswerThatIsNoListOfRecords_IsAFault(string body)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/jobs()", body));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await Assert.ThrowsAsync<RecordStoreException>(async () => await provider.GetRequiredService<IRecordStore>().QueryAsync(RecordQuery.Prefix("jobs", "p", "r"), Cancellation).ToListAsync(Cancellation));
    }

    [Theory]
    [InlineData("{\"odata.error\":null}", "HeaderSays")]
    [InlineData("{\"odata.error\":{\"code\":null,\"message\":null}}", "HeaderSays")]
    [InlineData("{\"odata.error\":{\"code\":\"Odd\",\"message\":\"as plain text\"}}", "Odd): as plain text")]
    [InlineData("<?xml version=\"1.0\"?><error xmlns=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"><code>InXml</code><message xml:lang=\"en-US\">as XML</message></error>", "InXml): as XML")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><error><code>&e;</code></error>", "HeaderSays")]
    [InlineData("nonsense", "HeaderSays")]
    public async Task Commit_ErrorInAnotherForm_IsReadAsFarAsItCanBe(string body, string expected)
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("POST", "/jobs")
        {
            Status = 400,
            Headers = [("x-ms-error-code", "HeaderSays")],
            Body = Encoding.UTF8.GetBytes(body),
        });
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.Contains(expected, await FaultAsync(provider, One()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(500, "OperationTimedOut")]
    [InlineData(429, "TooManyRequests")]
    public async Task Get_ServiceBusy_IsTriedAgain(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(
            Refuse("GET", "/jobs*", status, code) with { Times = 3 },
            ScriptStep.Get("/jobs*", Entity("r", "w")));
        await using var provider = StorageRig.Connect(server.BaseUri);

        Assert.NotNull(await provider.GetRequiredService<IRecordStore>().GetAsync(new RecordKey("jobs", "p", "r"), Cancellation));
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Call_Failed_IsLoggedWithTheIdsOfBothSides()
    {
        await using var server = await ScriptedServer.StartAsync(Refuse("POST", "/jobs", 503, "ServerBusy") with { Times = 1 }, Refuse("POST", "/jobs", 400, "InvalidInput"));
        using var logs = new RecordingLogs();
        await using var provider = StorageRig.Connect(server.BaseUri, TimeProvider.System, logs: logs);

        var fault = await FaultAsync(provider, One());

        var sent = server.Requests.Select(request => request.Header("x-ms-client-request-id")).ToList();
        Assert.All(sent, id => Assert.True(Guid.TryParse(id, out _)));
        Assert.EndsWith($"(client request id {sent[1]}, request id 0d3c3a3f)", fault, StringComparison.Ordinal);
        Assert.Contains($"client request id {sent[0]}, request id 0d3c3a3f", Assert.Single(logs.Entries, entry => entry.Id == 1631).Text, StringComparison.Ordinal);
        Assert.Contains($"(InvalidInput); client request id {sent[1]}, request id 0d3c3a3f", Assert.Single(logs.Entries, entry => entry.Id == 1634).Text, StringComparison.Ordinal);
    }

    private static RecordBatch One() => new RecordBatch("jobs", "p").Insert("r", default);

    private static Task<CommitResult> CommitAsync(ServiceProvider provider, RecordBatch batch) => provider.GetRequiredService<IRecordStore>().CommitAsync(batch, Cancellation);

    private static async Task<string> FaultAsync(ServiceProvider provider, RecordBatch batch) =>
        (await Assert.ThrowsAsync<RecordStoreException>(() => CommitAsync(provider, batch))).Message;

    private static string WriteId(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body).RootElement.GetProperty("w").GetString()!;

    private static string BatchWriteId(RecordedRequest request) =>
        WriteId(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(request.Body.Span).Split("\r\n").First(line => line.StartsWith('{'))));
}
