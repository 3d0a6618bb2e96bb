using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Records.Embedded;

public sealed class CompactionTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Compaction_MostlyGarbage_ShrinksTheFilesAndKeepsTheState()
    {
        List<string> before;
        await using (var store = await OpenAsync(minimumGarbage: 4096))
        {
            await ChurnAsync(store, 400);
            before = await DescribeAsync(store);
        }

        Assert.Single(Files("snapshot-*"));
        Assert.True(Files("*").Sum(file => new FileInfo(file).Length) < 60_000);
        await using var again = await OpenAsync(minimumGarbage: 4096);
        Assert.Equal(before, await DescribeAsync(again));
    }

    [Fact]
    public async Task Compaction_LittleGarbage_DoesNotStart()
    {
        await using (var store = await OpenAsync(minimumGarbage: 1))
        {
            for (var i = 0; i < 100; i++)
            {
                await store.CommitAsync(new RecordBatch("things", "p").Insert($"{i}", new byte[1000]), Cancellation);
            }
        }

        Assert.Empty(Files("snapshot-*"));
    }

    [Fact]
    public async Task Compaction_NewestRowDeleted_DoesNotGiveItsETagAgain()
    {
        var etags = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 6; round++)
        {
            await using var store = await OpenAsync(minimumGarbage: 1);
            Assert.True(etags.Add((await store.CommitAsync(new RecordBatch("things", "p").Insert("row", new byte[500]), Cancellation)).ETags[0]!));
            await store.CommitAsync(new RecordBatch("things", "p").Delete("row"), Cancellation);
        }

        Assert.NotEmpty(Files("snapshot-*"));
    }

    [Fact]
    public async Task Open_CompactionDiedBeforeTheSwitch_ReadsBothJournals()
    {
        List<string> before;
        await using (var store = await OpenAsync())
        {
            await ChurnAsync(store, 30);
        }

        // As after a kill in the middle: the next journal is in use, its snapshot half written under a temporary name.
        using (RecordFileWriter.Create(_directory["journal-0000000002"], 2))
        {
            await File.WriteAllTextAsync(_directory["snapshot-0000000002.tmp"], "half", Cancellation);
        }

        await using (var store = await OpenAsync())
        {
            await store.CommitAsync(new RecordBatch("things", "p").Insert("later", default), Cancellation);
            before = await DescribeAsync(store);
            Assert.True(before.Count > 1);
        }

        Assert.Empty(Files("*.tmp"));
        await using var again = await OpenAsync();
        Assert.Equal(before, await DescribeAsync(again));
    }

    [Fact]
    public async Task Open_CompactionDiedAfterTheSwitch_DropsTheOldGeneration()
    {
        await using (var store = await OpenAsync())
        {
            await ChurnAsync(store, 30);
        }

        File.Copy(_directory["journal-0000000001"], _directory["old"]);
        await using (var store = await OpenAsync(minimumGarbage: 1))
        {
            await ChurnAsync(store, 30);
        }

        File.Move(_directory["old"], _directory["journal-0000000001"]);
        await using var again = await OpenAsync();
        Assert.False(File.Exists(_directory["journal-0000000001"]));
        Assert.NotEmpty(await DescribeAsync(again));
    }

    [Fact]
    public async Task Open_SnapshotDamagedOrJournalMissing_IsRefused()
    {
        await using (var store = await OpenAsync(minimumGarbage: 1))
        {
            await ChurnAsync(store, 100);
        }

        var snapshot = Assert.Single(Files("snapshot-*"));
        var bytes = await File.ReadAllBytesAsync(snapshot, Cancellation);
        await File.WriteAllBytesAsync(snapshot, bytes[..^1], Cancellation);
        var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync());
        Assert.Contains(snapshot, damaged.Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(snapshot, bytes, Cancellation);
        Files("journal-*").ForEach(File.Delete);
        var missing = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync());
        Assert.Contains("lacks a journal", missing.Message, StringComparison.Ordinal);
    }

    private Task<EmbeddedRecordStore> OpenAsync(long minimumGarbage = EmbeddedStoreOptions.DefaultMinimumGarbageBytes) =>
        EmbeddedRecordStore.OpenAsync(new EmbeddedStoreOptions { Directory = _directory.Path, MinimumGarbageBytes = minimumGarbage }, NullLogger.Instance, Cancellation);

    private static async Task ChurnAsync(EmbeddedRecordStore store, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var batch = new RecordBatch("things", "p").Upsert($"{i % 7}", new byte[1000 + i]);
            Assert.True((await store.CommitAsync(batch, Cancellation)).IsCommitted);
        }
    }

    private List<string> Files(string pattern) => [.. Directory.GetFiles(_directory.Path, pattern)];

    private static async Task<List<string>> DescribeAsync(EmbeddedRecordStore store) =>
        await store.QueryAsync(new RecordQuery("things", "p"), Cancellation).Select(row => $"{row.Key.Row} {row.ETag} {row.Data.Length}").ToListAsync(Cancellation);
}
