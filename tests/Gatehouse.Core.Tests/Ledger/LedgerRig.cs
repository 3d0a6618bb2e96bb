using System.Text;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Ledger.Sealing;
using Gatehouse.Core.Ledger.Signing;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger;

/// <summary>A whole ledger over an embedded store whose commits can be made to fail.</summary>
internal sealed class LedgerRig : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly EmbeddedRecordStore _embedded;

    private LedgerRig(EmbeddedRecordStore embedded, TempDirectory directory)
    {
        (_embedded, _directory) = (embedded, directory);
        Store = new FaultyRecordStore(embedded);
        Signer = new LocalKeySigner(directory["keys/ledger.pem"], new IdSource(Clock, new SeededEntropy()), NullLogger<LocalKeySigner>.Instance);
        Signing = Signer;
        Ledger = new LedgerReader(Store, Signer);
        Inbox = new LedgerInbox(Store);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ManualTimeProvider Clock { get; } = new();

    public FaultyRecordStore Store { get; }

    public LocalKeySigner Signer { get; }

    /// <summary>What sealers sign with; the local key, unless a test puts another in its place.</summary>
    public ICheckpointSigner Signing { get; set; }

    /// <summary>Null, unless a test puts one here.</summary>
    public ICheckpointPublisher? Publisher { get; set; }

    public ILedger Ledger { get; }

    public ILedgerInbox Inbox { get; }

    public static async Task<LedgerRig> OpenAsync()
    {
        var directory = new TempDirectory();
        var options = new EmbeddedStoreOptions { Directory = directory["records"] };
        return new LedgerRig(await EmbeddedRecordStore.OpenAsync(options, NullLogger.Instance, Cancellation), directory);
    }

    public LedgerSealer Sealer(int maxEventsPerRound = LedgerOptions.DefaultMaxEventsPerRound, IRecordStore? store = null) =>
        new(store ?? Store, Signing, new CheckpointPublication(store ?? Store, Publisher, Clock, NullLogger<CheckpointPublication>.Instance), Clock, Options.Create(new LedgerOptions { MaxEventsPerRound = maxEventsPerRound }), NullLogger<LedgerSealer>.Instance);

    public Task<int> SealAsync() => Sealer().SealAsync(Cancellation);

    public LedgerEvent Event(int number) => new(
        LedgerEvent.MakeId(Clock.GetUtcNow().AddSeconds(number), $"intake{number}", 1),
        Clock.GetUtcNow().AddSeconds(number),
        LedgerEventTypes.IntakeRequested,
        "user:ada",
        $"intake:{number}",
        Scope.Parse("contoso/payments").Value,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["reference"] = $"docker.io/library/nginx:{number}", ["b"] = "2", ["a"] = "1" });

    public List<LedgerEvent> Events(int from, int count) => [.. Enumerable.Range(from, count).Select(Event)];

    public Task AppendAsync(int from, int count) => Inbox.AppendAsync(Events(from, count), Cancellation);

    public Task<List<LedgerEntry>> EntriesAsync() => Ledger.ReadAsync(0, long.MaxValue, Cancellation).ToListAsync(Cancellation).AsTask();

    public async Task<List<string>> IdsAsync() => [.. (await EntriesAsync()).Select(entry => LedgerEventJson.Parse(entry.Data.Span).Id)];

    public async Task<byte[]> ExportAsync()
    {
        using var export = new MemoryStream();
        await Ledger.ExportAsync(export, Cancellation);
        return export.ToArray();
    }

    public async Task<string[]> ExportLinesAsync() => Encoding.UTF8.GetString(await ExportAsync()).TrimEnd('\n').Split('\n');

    /// <summary>The ledger holds exactly these events once, in order; its export verifies; nothing waits; every event is found.</summary>
    public async Task AssertHoldsAsync(IEnumerable<LedgerEvent> events)
    {
        var expected = events.Select(one => one.Id).ToList();
        Assert.Equal(expected, await IdsAsync());
        using var export = new MemoryStream(await ExportAsync());
        var verified = await LedgerVerifier.VerifyExportAsync(export, new LedgerTrust(await Signer.GetPublicKeyAsync(Cancellation)), Cancellation);
        Assert.True(verified.IsOk, verified.IsOk ? "" : verified.Error.ToString());
        Assert.Equal(expected.Count, verified.Value.Checkpoint.Size);
        foreach (var (id, index) in expected.Select((id, index) => (id, index)))
        {
            Assert.Equal(index, (await Ledger.FindAsync(id, Cancellation)).Value);
        }

        Assert.Empty(await PendingAsync());
    }

    public async Task<List<string>> PendingAsync()
    {
        var rows = new List<string>();
        for (var number = 0; number < LedgerKeys.InboxPartitions; number++)
        {
            var query = RecordQuery.Prefix(LedgerKeys.Table, LedgerKeys.InboxPartition(number), LedgerKeys.PendingPrefix);
            rows.AddRange(await _embedded.QueryAsync(query, Cancellation).Select(record => record.Key.Row).ToListAsync(Cancellation));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _embedded.DisposeAsync();
        Signer.Dispose();
        _directory.Dispose();
    }
}
