using Gatehouse.Core.Records;
using Xunit;

namespace Gatehouse.Contracts;

public abstract partial class RecordStoreContract
{
    /// <summary>In ordinal order, with every class of character keys may hold.</summary>
    private static readonly string[] Ordered = [" ", "!", "$x", "%2F", "'", "0", "00", "1", "A", "B", "a", "a ", "a-", "a.b", "a.c", "aa", "ab", "b", "z~", "{", "|", "~"];

    [Fact]
    public async Task Query_WholePartition_IsInOrdinalOrder()
    {
        var store = await FilledAsync();

        Assert.Equal(Ordered, await NamesAsync(store, new RecordQuery(Table, "p")));
    }

    [Fact]
    public async Task Query_OtherPartitionOrTable_IsEmpty()
    {
        var store = await FilledAsync();

        Assert.Empty(await NamesAsync(store, new RecordQuery(Table, "q")));
        Assert.Empty(await NamesAsync(store, new RecordQuery(Table + "x", "p")));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", null)]
    [InlineData(null, "a")]
    [InlineData("A1", "a.c")]
    [InlineData("b", "a")]
    public async Task Query_Range_TakesFromButNotBefore(string? from, string? before)
    {
        var store = await FilledAsync();

        var expected = Ordered.Where(row => (from is null || string.CompareOrdinal(row, from) >= 0) && (before is null || string.CompareOrdinal(row, before) < 0));
        Assert.Equal(expected, await NamesAsync(store, new RecordQuery(Table, "p", from, before)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a.")]
    [InlineData("~")]
    [InlineData("z~")]
    [InlineData("none")]
    [InlineData("")]
    public async Task Query_Prefix_TakesThoseThatStartWithIt(string prefix)
    {
        var store = await FilledAsync();

        var names = await NamesAsync(store, RecordQuery.Prefix(Table, "p", prefix));

        Assert.Equal(Ordered.Where(row => row.StartsWith(prefix, StringComparison.Ordinal)), names);
    }

    [Fact]
    public async Task Query_After_SkipsOnlyThatRow()
    {
        var store = await FilledAsync();

        foreach (var (row, i) in Ordered.Select((row, i) => (row, i)))
        {
            Assert.Equal(Ordered[(i + 1)..], await NamesAsync(store, new RecordQuery(Table, "p").After(row)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Query_Take_StopsThere(int take)
    {
        var store = await FilledAsync();

        Assert.Equal(Ordered.Take(take), await NamesAsync(store, new RecordQuery(Table, "p", Take: take)));
    }

    [Fact]
    public async Task Query_MoreThanAPage_ReturnsAll()
    {
        const int Rows = 1205;
        var store = await OpenAsync();
        var names = Enumerable.Range(0, Rows).Select(i => RecordKeys.Number(i)).ToList();
        foreach (var chunk in names.Chunk(RecordLimits.MaxBatchOperations))
        {
            var batch = Batch();
            Array.ForEach(chunk, row => batch.Insert(row, Bytes(row)));
            await store.CommitAsync(batch, Cancellation);
        }

        Assert.Equal(names, await NamesAsync(store, new RecordQuery(Table, "p")));
        Assert.Equal(names.Take(1001), await NamesAsync(store, new RecordQuery(Table, "p", Take: 1001)));
        Assert.Equal(names.Skip(3).Take(1100), await NamesAsync(store, new RecordQuery(Table, "p", From: names[3], Take: 1100)));
    }

    [Fact]
    public async Task Commit_LargestRecord_IsReadBackWhole()
    {
        var store = await OpenAsync();
        var data = new byte[RecordLimits.MaxDataBytes];
        Entropy.Fill(data);

        await store.CommitAsync(Batch().Insert("large", data).Insert("empty", default), Cancellation);

        Assert.Equal(data, (await store.GetAsync(Key("large"), Cancellation))!.Data.ToArray());
        Assert.Equal(0, (await store.GetAsync(Key("empty"), Cancellation))!.Data.Length);
    }

    [Fact]
    public async Task Commit_LargestBatch_IsReadBackWhole()
    {
        var store = await OpenAsync();
        var batch = Batch();
        var data = new byte[RecordLimits.MaxBatchBytes / 4];
        Entropy.Fill(data);
        for (var i = 0; i < 4; i++)
        {
            batch.Insert($"{i}", data);
        }

        Assert.True((await store.CommitAsync(batch, Cancellation)).IsCommitted);

        Assert.All(await RowsAsync(store, new RecordQuery(Table, "p")), record => Assert.True(record.Data.Span.SequenceEqual(data)));
    }

    [Fact]
    public async Task Commit_BatchBeyondALimit_IsRefusedWithNothingApplied()
    {
        var store = await OpenAsync();
        var tooMany = Batch();
        for (var i = 0; i <= RecordLimits.MaxBatchOperations; i++)
        {
            tooMany.Insert($"{i}", default);
        }

        var tooHeavy = Batch();
        for (var i = 0; i < 5; i++)
        {
            tooHeavy.Insert($"{i}", new byte[(RecordLimits.MaxBatchBytes / 5) + 1]);
        }

        RecordBatch[] refused =
        [
            Batch(),
            tooMany,
            tooHeavy,
            Batch().Insert("large", new byte[RecordLimits.MaxDataBytes + 1]),
            Batch().Insert("twice", default).Delete("twice"),
            Batch().Insert("slash/", default),
            Batch().Insert("question?", default),
            Batch().Insert("umlaut\u00fc", default),
            Batch().Insert("", default),
            Batch().Insert(new string('k', RecordLimits.MaxKeyLength + 1), default),
            Batch("part#").Insert("row", default),
            Batch().Replace("row", default, "*"),
            new RecordBatch("Upper", "p").Insert("row", default),
            new RecordBatch("ab", "p").Insert("row", default),
        ];
        foreach (var batch in refused)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => store.CommitAsync(batch, Cancellation));
        }

        Assert.Empty(await RowsAsync(store, new RecordQuery(Table, "p")));
    }

    [Fact]
    public async Task Key_OfGreatestLength_IsStored()
    {
        var store = await OpenAsync();
        var longest = new string('k', RecordLimits.MaxKeyLength);

        await store.CommitAsync(Batch(longest).Insert(longest, Bytes("x")), Cancellation);

        Assert.Equal("x", Text(await store.GetAsync(Key(longest, longest), Cancellation)));
        Assert.Single(await RowsAsync(store, new RecordQuery(Table, longest)));
    }

    private async Task<IRecordStore> FilledAsync()
    {
        var store = await OpenAsync();
        var batch = Batch();
        foreach (var row in Ordered.Reverse())
        {
            batch.Insert(row, Bytes(row));
        }

        await store.CommitAsync(batch, Cancellation);
        return store;
    }

    private static async Task<List<string>> NamesAsync(IRecordStore store, RecordQuery query) =>
        [.. (await RowsAsync(store, query)).Select(record => record.Key.Row)];
}
