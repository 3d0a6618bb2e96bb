using System.Text;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Records.Embedded;

public sealed class EmbeddedRecordStoreTests : IDisposable
{
    private const string Table = "things";

    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Journal => _directory["journal-0000000001"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Open_AfterClosing_HasEverythingAndTheSameETags()
    {
        IReadOnlyList<string?> etags;
        await using (var store = await OpenAsync())
        {
            etags = (await store.CommitAsync(Batch().Insert("a", "1"u8.ToArray()).Insert("b", "2"u8.ToArray()), Cancellation)).ETags;
        }

        await using var again = await OpenAsync();
        Assert.Equal(etags, (await RowsAsync(again)).Select(row => row.ETag));
    }

    [Fact]
    public async Task Open_Twice_IsRefusedNamingTheDirectory()
    {
        await using var store = await OpenAsync();

        var exception = await Assert.ThrowsAsync<RecordStoreException>(OpenAsync);

        Assert.Contains(_directory.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_JournalCutAtEveryByte_ShowsExactlyAPrefixOfTheBatches()
    {
        var states = new List<string> { "" };
        var lengths = new List<long> { 0 };
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 12; i++)
            {
                var batch = Batch().Upsert($"r{i % 5}", Encoding.UTF8.GetBytes($"value {i}")).Upsert($"s{i}", default);
                Assert.True((await store.CommitAsync(i % 4 == 3 ? batch.Delete($"s{i - 1}") : batch, Cancellation)).IsCommitted);
                states.Add(await DescribeAsync(store));
                lengths.Add(new FileInfo(Journal).Length);
            }
        }

        var journal = await File.ReadAllBytesAsync(Journal, Cancellation);
        for (var length = 0; length <= journal.Length; length++)
        {
            await File.WriteAllBytesAsync(Journal, journal[..length], Cancellation);
            var committed = lengths.FindLastIndex(end => end <= length);
            await using (var cut = await OpenAsync())
            {
                Assert.Equal(states[committed], await DescribeAsync(cut));
                Assert.True((await cut.CommitAsync(Batch().Insert("new", default), Cancellation)).IsCommitted);
            }

            await using var again = await OpenAsync();
            Assert.NotNull(await again.GetAsync(new RecordKey(Table, "p", "new"), Cancellation));
        }
    }

    [Fact]
    public async Task Open_AnyByteOfADurableFrameChanged_IsRefusedNamingFileAndPlace()
    {
        long firstEnd;
        await using (var store = await OpenAsync())
        {
            await store.CommitAsync(Batch().Insert("a", "first"u8.ToArray()), Cancellation);
            firstEnd = new FileInfo(Journal).Length;
            await store.CommitAsync(Batch().Insert("b", "second"u8.ToArray()), Cancellation);
        }

        var journal = await File.ReadAllBytesAsync(Journal, Cancellation);
        for (var place = RecordFileReader.FileHeaderLength; place < firstEnd; place++)
        {
            var damaged = journal.ToArray();
            damaged[place] ^= 0x40;
            await File.WriteAllBytesAsync(Journal, damaged, Cancellation);

            var exception = await Assert.ThrowsAsync<InvalidDataException>(OpenAsync);

            Assert.Contains(Journal, exception.Message, StringComparison.Ordinal);
            Assert.Contains($"at byte {RecordFileReader.FileHeaderLength}:", exception.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, await File.ReadAllBytesAsync(Journal, Cancellation));
        }
    }

    [Fact]
    public async Task Open_LastGroupTornInItsMiddle_CutsTheWholeGroup()
    {
        await using (var store = await OpenAsync())
        {
            await store.CommitAsync(Batch().Insert("safe", default), Cancellation);
        }

        // Two frames of one flush, as a power cut may leave them: the first never reached the disk, the second did.
        var safe = new FileInfo(Journal).Length;
        using (var writer = RecordFileWriter.Continue(Journal, 1, safe))
        {
            writer.Gather(new MutationSet(Table, "p", [new Mutation("lost", new StoredRow(8, []))]));
            writer.Gather(new MutationSet(Table, "p", [new Mutation("stray", new StoredRow(9, []))]));
            writer.WriteGathered();
            writer.Flush();
        }

        var journal = await File.ReadAllBytesAsync(Journal, Cancellation);
        journal.AsSpan((int)safe, 8).Clear();
        await File.WriteAllBytesAsync(Journal, journal, Cancellation);
        var logger = new CollectingLogger();
        await using var again = await EmbeddedRecordStore.OpenAsync(Options(), logger, Cancellation);

        Assert.Equal("safe", Assert.Single(await RowsAsync(again)).Key.Row);
        Assert.Contains(logger.Entries, entry => entry.Name == "TornTailCut" && entry.Message.Contains($"Cut {journal.Length - safe} bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_DataThatLooksLikeAFrame_IsNotTakenForOne()
    {
        await using (var store = await OpenAsync())
        {
            await store.CommitAsync(Batch().Insert("a", "first"u8.ToArray()), Cancellation);
            await store.CommitAsync(Batch().Insert("b", "second"u8.ToArray()), Cancellation);
        }

        // A torn frame whose data is a copy of this very journal.
        var journal = await File.ReadAllBytesAsync(Journal, Cancellation);
        await using (var store = await OpenAsync())
        {
            await store.CommitAsync(Batch().Insert("c", journal), Cancellation);
        }

        var whole = await File.ReadAllBytesAsync(Journal, Cancellation);
        await File.WriteAllBytesAsync(Journal, whole[..^1], Cancellation);

        await using var again = await OpenAsync();
        Assert.Equal(["a", "b"], (await RowsAsync(again)).Select(row => row.Key.Row));
    }

    [Fact]
    public async Task Commit_AfterClosing_IsRefused()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.CommitAsync(Batch().Insert("a", default), Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetAsync(new RecordKey(Table, "p", "a"), Cancellation));
    }

    [Fact]
    public async Task Commit_CancelledBeforeItsTurn_AppliesNothing()
    {
        await using var store = await OpenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CommitAsync(Batch().Insert("a", default), new CancellationToken(canceled: true)));

        Assert.Empty(await RowsAsync(store));
    }

    [Fact]
    public async Task Commit_ManyAtOnce_ShareFlushesAndAllSurvive()
    {
        await using (var store = await OpenAsync())
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => store.CommitAsync(Batch().Insert($"{i:D5}", default), Cancellation)));
            Assert.Equal(2000, results.Select(result => result.ETags[0]).Distinct().Count());
        }

        await using var again = await OpenAsync();
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i:D5}"), (await RowsAsync(again)).Select(row => row.Key.Row));
    }

    private EmbeddedStoreOptions Options() => new() { Directory = _directory.Path };

    private Task<EmbeddedRecordStore> OpenAsync() => EmbeddedRecordStore.OpenAsync(Options(), NullLogger.Instance, Cancellation);

    private static RecordBatch Batch() => new(Table, "p");

    private static async Task<List<Gatehouse.Core.Records.Record>> RowsAsync(EmbeddedRecordStore store) =>
        await store.QueryAsync(new RecordQuery(Table, "p"), Cancellation).ToListAsync(Cancellation);

    private static async Task<string> DescribeAsync(EmbeddedRecordStore store) =>
        string.Join(';', (await RowsAsync(store)).Select(row => $"{row.Key.Row}={Encoding.UTF8.GetString(row.Data.Span)}@{row.ETag}"));
}
