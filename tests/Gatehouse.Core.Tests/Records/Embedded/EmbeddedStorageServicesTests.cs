using Gatehouse.Core.Queues;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Core.Tests.Records.Embedded;

public sealed class EmbeddedStorageServicesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddEmbeddedStorage_UntilFirstUse_TouchesNoFile()
    {
        using var directory = new TempDirectory();
        await using var provider = Provider(directory["data"]);
        var store = provider.GetRequiredService<IRecordStore>();
        var queue = provider.GetRequiredService<IWorkQueue>();
        Assert.False(Directory.Exists(directory["data"]));

        await store.CommitAsync(new RecordBatch("things", "p").Insert("row", default), Cancellation);
        await queue.EnqueueAsync("work", "text", TimeSpan.Zero, Cancellation);

        Assert.Single(await store.QueryAsync(new RecordQuery("things", "p"), Cancellation).ToListAsync(Cancellation));
        Assert.NotNull(await store.GetAsync(new RecordKey("things", "p", "row"), Cancellation));
        Assert.Equal(1, await provider.GetRequiredService<IWorkQueueReceiver>().CountAsync("work", Cancellation));
    }

    [Fact]
    public async Task LazyStore_OpeningFailed_IsTriedAgain()
    {
        using var directory = new TempDirectory();
        await using var other = Provider(directory.Path);
        await other.GetRequiredService<IRecordStore>().GetAsync(new RecordKey("things", "p", "row"), Cancellation);
        await using var provider = Provider(directory.Path);
        var store = provider.GetRequiredService<IRecordStore>();
        await Assert.ThrowsAsync<RecordStoreException>(() => store.GetAsync(new RecordKey("things", "p", "row"), Cancellation));

        await other.DisposeAsync();

        Assert.Null(await store.GetAsync(new RecordKey("things", "p", "row"), Cancellation));
    }

    [Fact]
    public async Task Check_StoreThatCannotBeOpened_SaysWhyUntilItCan()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["records"]);
        var journal = Path.Combine(directory["records"], "journal-0000000001");
        await File.WriteAllTextAsync(journal, "this is no journal of ours", Cancellation);
        await using var provider = Provider(directory.Path);
        var check = provider.GetRequiredService<IReadinessCheck>();

        Assert.Contains($"'{journal}' is damaged at byte 0", await check.FindProblemAsync(Cancellation), StringComparison.Ordinal);

        File.Delete(journal);
        Assert.Null(await check.FindProblemAsync(Cancellation));
        Assert.Null(await provider.GetRequiredService<IRecordStore>().GetAsync(new RecordKey("things", "p", "row"), Cancellation));
    }

    [Fact]
    public async Task LazyStore_Closed_IsRefused()
    {
        using var directory = new TempDirectory();
        var provider = Provider(directory.Path);
        var store = provider.GetRequiredService<IRecordStore>();
        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetAsync(new RecordKey("things", "p", "row"), Cancellation));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task Options_NoDirectory_AreRefused()
    {
        await using var provider = Provider("");

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<EmbeddedStorageOptions>>().Value);

        Assert.Contains("EmbeddedStorageOptions.Directory", exception.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Provider(string directory) =>
        new ServiceCollection().AddLogging().AddEmbeddedStorage(options => options.Directory = directory).BuildServiceProvider();
}
