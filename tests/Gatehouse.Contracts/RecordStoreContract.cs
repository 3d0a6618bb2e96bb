using System.Text;
using Gatehouse.Core.Records;
using Gatehouse.Core.Time;
using Xunit;
using Record = Gatehouse.Core.Records.Record;

namespace Gatehouse.Contracts;

/// <summary>What every <see cref="IRecordStore"/> does. A back end subclasses this; each test uses a table of its own.</summary>
public abstract partial class RecordStoreContract
{
    private static readonly SystemEntropy Entropy = new SystemEntropy();

    protected string Table { get; } = "contract" + Unique();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<IRecordStore> OpenAsync();

    [Fact]
    public async Task Get_NothingThere_IsNull()
    {
        var store = await OpenAsync();

        Assert.Null(await store.GetAsync(Key("row"), Cancellation));
    }

    [Fact]
    public async Task Insert_NewRow_IsReadBackWithItsETag()
    {
        var store = await OpenAsync();

        var result = await store.CommitAsync(Batch().Insert("row", Bytes("one")), Cancellation);

        var record = await store.GetAsync(Key("row"), Cancellation);
        Assert.True(result.IsCommitted);
        Assert.Equal(-1, result.FailedOperation);
        Assert.NotNull(record);
        Assert.Equal(Key("row"), record.Key);
        Assert.Equal("one", Text(record));
        Assert.Equal(Assert.Single(result.ETags), record.ETag);
    }

    [Fact]
    public async Task Insert_RowThere_IsExistsAndKeepsTheRow()
    {
        var store = await OpenAsync();
        await store.CommitAsync(Batch().Insert("row", Bytes("one")), Cancellation);

        var result = await store.CommitAsync(Batch().Insert("row", Bytes("two")), Cancellation);

        Assert.Equal(CommitOutcome.Exists, result.Outcome);
        Assert.Equal(0, result.FailedOperation);
        Assert.Empty(result.ETags);
        Assert.Equal("one", Text(await store.GetAsync(Key("row"), Cancellation)));
    }

    [Fact]
    public async Task Replace_WithCurrentETag_ChangesDataAndETag()
    {
        var store = await OpenAsync();
        var first = await EtagOfAsync(store, Batch().Insert("row", Bytes("one")));

        var second = await EtagOfAsync(store, Batch().Replace("row", Bytes("two"), first));

        var record = await store.GetAsync(Key("row"), Cancellation);
        Assert.NotEqual(first, second);
        Assert.Equal(second, record!.ETag);
        Assert.Equal("two", Text(record));
    }

    [Fact]
    public async Task Replace_WithOldETag_IsChangedAndKeepsTheRow()
    {
        var store = await OpenAsync();
        var first = await EtagOfAsync(store, Batch().Insert("row", Bytes("one")));
        await EtagOfAsync(store, Batch().Replace("row", Bytes("two"), first));

        var result = await store.CommitAsync(Batch().Replace("row", Bytes("three"), first), Cancellation);

        Assert.Equal(CommitOutcome.Changed, result.Outcome);
        Assert.Equal("two", Text(await store.GetAsync(Key("row"), Cancellation)));
    }

    [Fact]
    public async Task Replace_MissingRow_IsMissing()
    {
        var store = await OpenAsync();
        var etag = await EtagOfAsync(store, Batch().Insert("row", Bytes("one")));
        await store.CommitAsync(Batch().Delete("row"), Cancellation);

        var result = await store.CommitAsync(Batch().Replace("row", Bytes("two"), etag), Cancellation);

        Assert.Equal(CommitOutcome.Missing, result.Outcome);
        Assert.Null(await store.GetAsync(Key("row"), Cancellation));
    }

    [Fact]
    public async Task Upsert_RowMissingAndThere_AppliesBothTimes()
    {
        var store = await OpenAsync();

        var first = await EtagOfAsync(store, Batch().Upsert("row", Bytes("one")));
        var second = await EtagOfAsync(store, Batch().Upsert("row", Bytes("one")));

        Assert.NotEqual(first, second);
        Assert.Equal(second, (await store.GetAsync(Key("row"), Cancellation))!.ETag);
    }

    [Fact]
    public async Task Delete_WithoutETag_RemovesAnyVersion()
    {
        var store = await OpenAsync();
        await store.CommitAsync(Batch().Insert("row", Bytes("one")), Cancellation);

        var result = await store.CommitAsync(Batch().Delete("row"), Cancellation);

        Assert.True(result.IsCommitted);
        Assert.Null(Assert.Single(result.ETags));
        Assert.Null(await store.GetAsync(Key("row"), Cancellation));
    }

    [Fact]
    public async Task Delete_WithOldETag_IsChangedAndKeepsTheRow()
    {
        var store = await OpenAsync();
        var first = await EtagOfAsync(store, Batch().Insert("row", Bytes("one")));
        await EtagOfAsync(store, Batch().Upsert("row", Bytes("two")));

        var result = await store.CommitAsync(Batch().Delete("row", first), Cancellation);

        Assert.Equal(CommitOutcome.Changed, result.Outcome);
        Assert.Equal("two", Text(await store.GetAsync(Key("row"), Cancellation)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_MissingRow_IsMissing(bool withETag)
    {
        var store = await OpenAsync();
        var etag = await EtagOfAsync(store, Batch().Insert("row", Bytes("one")));
        await store.CommitAsync(Batch().Delete("row"), Cancellation);

        var result = await store.CommitAsync(Batch().Delete("row", withETag ? etag : null), Cancellation);

        Assert.Equal(CommitOutcome.Missing, result.Outcome);
    }

    [Fact]
    public async Task Row_DeletedAndInsertedAgain_HasAnETagNeverSeen()
    {
        var store = await OpenAsync();
        var etags = new HashSet<string>(StringComparer.Ordinal);

        for (var i = 0; i < 5; i++)
        {
            Assert.True(etags.Add(await EtagOfAsync(store, Batch().Insert("row", Bytes("same")))));
            await store.CommitAsync(Batch().Delete("row"), Cancellation);
        }
    }

    [Fact]
    public async Task Commit_OneOperationRefused_AppliesNothingAndNamesIt()
    {
        var store = await OpenAsync();
        var there = await EtagOfAsync(store, Batch().Insert("there", Bytes("one")));

        var result = await store.CommitAsync(
            Batch().Insert("a", Bytes("a")).Replace("there", Bytes("two"), there).Upsert("b", Bytes("b")).Delete("absent").Insert("there2", Bytes("c")),
            Cancellation);

        Assert.Equal(CommitOutcome.Missing, result.Outcome);
        Assert.Equal(3, result.FailedOperation);
        Assert.Empty(result.ETags);
        var only = Assert.Single(await RowsAsync(store, new RecordQuery(Table, "p")));
        Assert.Equal(("there", there), (only.Key.Row, only.ETag));
    }

    [Fact]
    public async Task Commit_HundredOperations_ApplyTogether()
    {
        var store = await OpenAsync();
        var batch = Batch();
        for (var i = 0; i < RecordLimits.MaxBatchOperations; i++)
        {
            batch.Insert(RecordKeys.Number(i), Bytes($"{i}"));
        }

        var result = await store.CommitAsync(batch, Cancellation);

        var rows = await RowsAsync(store, new RecordQuery(Table, "p"));
        Assert.True(result.IsCommitted);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), rows.Select(Text));
        Assert.Equal(result.ETags, rows.Select(row => row.ETag));
    }

    [Fact]
    public async Task Commit_MixedOperations_ReturnsETagsInOrder()
    {
        var store = await OpenAsync();
        var etag = await EtagOfAsync(store, Batch().Insert("replaced", Bytes("1")));
        await EtagOfAsync(store, Batch().Insert("deleted", Bytes("1")));

        var result = await store.CommitAsync(
            Batch().Delete("deleted").Replace("replaced", Bytes("2"), etag).Insert("inserted", Bytes("3")).Upsert("upserted", Bytes("4")),
            Cancellation);

        Assert.Equal(4, result.ETags.Count);
        Assert.Null(result.ETags[0]);
        foreach (var (row, i) in new[] { ("replaced", 1), ("inserted", 2), ("upserted", 3) })
        {
            Assert.Equal(result.ETags[i], (await store.GetAsync(Key(row), Cancellation))!.ETag);
        }
    }

    [Fact]
    public async Task Commit_SeveralAtOnce_AllApply()
    {
        var store = await OpenAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => store.CommitAsync(Batch($"p{i % 8}").Insert($"{i:D2}", Bytes($"{i}")), Cancellation)));

        Assert.All(results, result => Assert.True(result.IsCommitted));
        for (var partition = 0; partition < 8; partition++)
        {
            Assert.Equal(8, (await RowsAsync(store, new RecordQuery(Table, $"p{partition}"))).Count);
        }
    }

    [Fact]
    public async Task Replace_ConcurrentIncrements_LosesNone()
    {
        const int Workers = 8;
        const int Each = 12;
        var store = await OpenAsync();
        await store.CommitAsync(Batch().Insert("counter", Bytes("0")), Cancellation);

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                var record = (await store.GetAsync(Key("counter"), Cancellation))!;
                var next = Bytes($"{int.Parse(Text(record)) + 1}");
                var result = await store.CommitAsync(Batch().Replace("counter", next, record.ETag), Cancellation);
                done += result.IsCommitted ? 1 : 0;
                Assert.True(result.Outcome is CommitOutcome.Committed or CommitOutcome.Changed);
            }
        })));

        Assert.Equal($"{Workers * Each}", Text(await store.GetAsync(Key("counter"), Cancellation)));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(Record? record) => Encoding.UTF8.GetString(record!.Data.Span);

    protected RecordKey Key(string row, string partition = "p") => new(Table, partition, row);

    protected RecordBatch Batch(string partition = "p") => new(Table, partition);

    protected static async Task<List<Record>> RowsAsync(IRecordStore store, RecordQuery query)
    {
        var rows = new List<Record>();
        await foreach (var record in store.QueryAsync(query, Cancellation))
        {
            rows.Add(record);
        }

        return rows;
    }

    private static async Task<string> EtagOfAsync(IRecordStore store, RecordBatch batch)
    {
        var result = await store.CommitAsync(batch, Cancellation);
        Assert.True(result.IsCommitted);
        return result.ETags[0]!;
    }

    private static string Unique()
    {
        var bytes = new byte[8];
        Entropy.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
