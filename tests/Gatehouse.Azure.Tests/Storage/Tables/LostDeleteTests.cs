using System.Text;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Storage.Tables;

/// <summary>Deletes whose reply is lost between a real Table service and us: before the service had the request, or after it did what it was asked.</summary>
public sealed class LostDeleteTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 3)]
    [InlineData(true, true, 3)]
    [InlineData(false, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 3)]
    [InlineData(false, true, 3)]
    public async Task Commit_ReplyToDeletesLost_IsCommittedAndLeavesNothing(bool accepted, bool withETags, int rows)
    {
        await using var rig = await OpenAsync(accepted);
        var batch = rig.Batch();
        for (var i = 0; i < rows; i++)
        {
            batch.Delete($"r{i}", await rig.InsertAsync($"r{i}") is var etag && withETags ? etag : null);
        }

        var result = await rig.CommitAsync(batch);

        Assert.Equal(new CommitResult(CommitOutcome.Committed, [], -1), result with { ETags = [] });
        Assert.Equal(new string?[rows], result.ETags);
        Assert.Empty(await rig.RowsAsync());
        Assert.Equal(2, rig.Sent);
    }

    /// <summary>That the row was not there before either cannot be told any more, and nothing hangs on it.</summary>
    [Fact]
    public async Task Commit_ReplyToDeleteOfNothingLost_IsCommitted()
    {
        await using var rig = await OpenAsync(accepted: false);
        await rig.InsertAsync("other");

        Assert.True((await rig.CommitAsync(rig.Batch().Delete("r"))).IsCommitted);
        Assert.Equal(["other"], await rig.RowsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_RowOfAnotherVersionThere_IsChanged(bool accepted)
    {
        await using var rig = await OpenAsync(accepted);
        var etag = await rig.InsertAsync("r");
        rig.Meanwhile = batch => batch.Upsert("r", default);

        var result = await rig.CommitAsync(rig.Batch().Delete("r", etag));

        Assert.Equal((CommitOutcome.Changed, 0), (result.Outcome, result.FailedOperation));
        Assert.Equal(["r"], await rig.RowsAsync());
    }

    [Fact]
    public async Task Commit_LaterRowOfABatchIsThereInAnotherVersion_IsChangedAndNamesIt()
    {
        await using var rig = await OpenAsync(accepted: true);
        await rig.InsertAsync("a");
        var etag = await rig.InsertAsync("b");
        rig.Meanwhile = batch => batch.Insert("b", default);

        var result = await rig.CommitAsync(rig.Batch().Delete("a").Delete("b", etag));

        Assert.Equal((CommitOutcome.Changed, 1), (result.Outcome, result.FailedOperation));
    }

    [Fact]
    public async Task Commit_RowStillInTheVersionNamed_WasNotAppliedAndIsRefusedAsTheServiceSays()
    {
        await using var rig = await OpenAsync(accepted: false);
        var etag = await rig.InsertAsync("a");

        var result = await rig.CommitAsync(rig.Batch().Delete("a", etag).Delete("absent"));

        Assert.Equal((CommitOutcome.Missing, 1), (result.Outcome, result.FailedOperation));
        Assert.Equal(["a"], await rig.RowsAsync());
    }

    [Fact]
    public async Task Commit_SomeRowsThereAndNoVersionNamed_IsAFaultThatNamesTheFirst()
    {
        await using var rig = await OpenAsync(accepted: false);
        await rig.InsertAsync("b");

        var fault = await Assert.ThrowsAsync<RecordStoreException>(() => rig.CommitAsync(rig.Batch().Delete("absent").Delete("b")));

        Assert.EndsWith("so it may have been applied; the row 'b' of its operation 1 is there", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["b"], await rig.RowsAsync());
    }

    [Fact]
    public async Task Commit_PutsAndDeletesAccepted_IsCommittedWithTheRowsETags()
    {
        await using var rig = await OpenAsync(accepted: true);
        var etag = await rig.InsertAsync("gone");

        var result = await rig.CommitAsync(rig.Batch().Delete("gone", etag).Insert("new", default));

        var row = await rig.Store.GetAsync(new RecordKey("jobs", rig.Partition, "new"), Cancellation);
        Assert.Equal([null, row!.ETag], result.ETags);
        Assert.Equal(["new"], await rig.RowsAsync());
    }

    [Fact]
    public async Task Commit_PutsAndDeletesNotAccepted_IsRefusedAsTheServiceSays()
    {
        await using var rig = await OpenAsync(accepted: false);
        var etag = await rig.InsertAsync("kept");
        await rig.InsertAsync("there");

        var result = await rig.CommitAsync(rig.Batch().Delete("kept", etag).Insert("there", default));

        Assert.Equal((CommitOutcome.Exists, 1), (result.Outcome, result.FailedOperation));
        Assert.Equal(["kept", "there"], await rig.RowsAsync());
    }

    /// <summary>Nothing is left of the puts, and nothing names a version that could still be there.</summary>
    [Fact]
    public async Task Commit_PutsWrittenOverAndDeletesGone_IsAFault()
    {
        await using var rig = await OpenAsync(accepted: true);
        await rig.InsertAsync("gone");
        rig.Meanwhile = batch => batch.Upsert("new", default);

        await Assert.ThrowsAsync<RecordStoreException>(() => rig.CommitAsync(rig.Batch().Insert("new", default).Delete("gone")));
    }

    private async Task<Rig> OpenAsync(bool accepted) => await Rig.OpenAsync((await azurite.PeerAsync()).ConnectionString, _http, accepted);

    /// <summary>Azurite, and before it a server that cuts the connection of the first write it sees and passes on everything else.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private readonly ServiceProvider _direct;
        private readonly HttpClient _http;
        private readonly bool _accepted;
        private readonly Uri _tables;
        private ServiceProvider? _through;
        private ScriptedServer? _server;

        private Rig(string connection, HttpClient http, bool accepted)
        {
            (_direct, _http, _accepted) = (StorageRig.Connect(connection), http, accepted);
            _tables = new Uri(connection.Split(';').Single(part => part.StartsWith("TableEndpoint=", StringComparison.Ordinal))["TableEndpoint=".Length..]);
        }

        /// <summary>Of this test only.</summary>
        public string Partition { get; } = TestContext.Current.TestCase!.UniqueID;

        public IRecordStore Store => _direct.GetRequiredService<IRecordStore>();

        /// <summary>What another does once the connection is cut.</summary>
        public Func<RecordBatch, RecordBatch>? Meanwhile { get; set; }

        public int Sent => _server!.Requests.Count(IsWrite);

        public static async Task<Rig> OpenAsync(string connection, HttpClient http, bool accepted)
        {
            var rig = new Rig(connection, http, accepted);
            rig._server = await ScriptedServer.StartAsync(
                new ScriptStep("*", "/*") { Times = 1, When = IsWrite, Answer = rig.Cut },
                new ScriptStep("*", "/*") { Answer = rig.PassOn });
            rig._through = StorageRig.Connect(connection.Replace(rig._tables.GetLeftPart(UriPartial.Authority), rig._server.BaseUri.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
            return rig;
        }

        public RecordBatch Batch() => new("jobs", Partition);

        public Task<CommitResult> CommitAsync(RecordBatch batch) => _through!.GetRequiredService<IRecordStore>().CommitAsync(batch, Cancellation);

        public async Task<string> InsertAsync(string row) => (await Store.CommitAsync(Batch().Insert(row, Encoding.UTF8.GetBytes("1")), Cancellation)).ETags[0]!;

        public async Task<List<string>> RowsAsync() => await Store.QueryAsync(new RecordQuery("jobs", Partition), Cancellation).Select(record => record.Key.Row).ToListAsync(Cancellation);

        public async ValueTask DisposeAsync()
        {
            await _direct.DisposeAsync();
            await (_through?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        private static bool IsWrite(RecordedRequest request) => request.Method != "GET";

        private ScriptStep Cut(RecordedRequest request)
        {
            if (_accepted)
            {
                Assert.InRange(PassOn(request).Status, 200, 299);
            }

            if (Meanwhile is { } others)
            {
                Assert.True(Store.CommitAsync(others(Batch()), Cancellation).GetAwaiter().GetResult().IsCommitted);
            }

            return new ScriptStep(request.Method, "/*") { Fail = true };
        }

        private ScriptStep PassOn(RecordedRequest request)
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_tables, request.Path + request.Query)) { Content = new ByteArrayContent(request.Body.ToArray()) };
            foreach (var (name, value) in request.Headers.Where(header => header.Key is not ("Host" or "Content-Length" or "Connection")))
            {
                if (!message.Headers.TryAddWithoutValidation(name, value))
                {
                    message.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }

            using var answer = _http.Send(message, Cancellation);
            using var body = new MemoryStream();
            answer.Content.CopyTo(body, null, Cancellation);
            return new ScriptStep(request.Method, "/*")
            {
                Status = (int)answer.StatusCode,
                Headers = [.. answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is "ETag" or "Content-Type" || header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key, string.Join(", ", header.Value)))],
                Body = body.ToArray(),
            };
        }
    }
}
