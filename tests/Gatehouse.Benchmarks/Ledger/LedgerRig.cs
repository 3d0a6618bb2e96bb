using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Ledger.Sealing;
using Gatehouse.Core.Ledger.Signing;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Benchmarks.Ledger;

/// <summary>A ledger with a key of its own, over an embedded store that is empty or over a store that others own.</summary>
internal sealed class LedgerRig : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly EmbeddedRecordStore? _embedded;
    private readonly LocalKeySigner _signer;

    private LedgerRig(TempDirectory directory, IRecordStore store, EmbeddedRecordStore? embedded)
    {
        (_directory, _embedded, Store) = (directory, embedded, new CountingStore(store));
        _signer = new LocalKeySigner(directory["key.pem"], new IdSource(TimeProvider.System, new SystemEntropy()), NullLogger<LocalKeySigner>.Instance);
        Inbox = new LedgerInbox(Store);
        Sealer = new LedgerSealer(Store, _signer, new CheckpointPublication(Store, null, TimeProvider.System, NullLogger<CheckpointPublication>.Instance), TimeProvider.System, Options.Create(new LedgerOptions()), NullLogger<LedgerSealer>.Instance);
        Ledger = new LedgerReader(Store, _signer);
    }

    public CountingStore Store { get; }

    public ILedgerInbox Inbox { get; }

    public ILedgerSealer Sealer { get; }

    public ILedger Ledger { get; }

    public static async Task<LedgerRig> OpenAsync(CancellationToken cancellationToken)
    {
        var directory = new TempDirectory();
        var embedded = await EmbeddedRecordStore.OpenAsync(new EmbeddedStoreOptions { Directory = directory["records"] }, NullLogger.Instance, cancellationToken);
        return await WithKeyAsync(new LedgerRig(directory, embedded, embedded), cancellationToken);
    }

    public static Task<LedgerRig> OverAsync(IRecordStore store, CancellationToken cancellationToken) =>
        WithKeyAsync(new LedgerRig(new TempDirectory(), store, null), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (_embedded?.DisposeAsync() ?? ValueTask.CompletedTask);
        _signer.Dispose();
        _directory.Dispose();
    }

    /// <summary>Making it is no part of what is measured.</summary>
    private static async Task<LedgerRig> WithKeyAsync(LedgerRig rig, CancellationToken cancellationToken)
    {
        _ = await rig._signer.GetKeyIdAsync(cancellationToken);
        return rig;
    }
}

/// <summary>Passes everything on, and counts what is written.</summary>
internal sealed class CountingStore(IRecordStore inner) : IRecordStore
{
    private long _batches;
    private long _operations;
    private long _bytes;

    public long Batches => Interlocked.Read(ref _batches);

    public long Operations => Interlocked.Read(ref _operations);

    /// <summary>Of data; keys not counted.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

    public IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    public Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _operations, batch.Operations.Count);
        Interlocked.Add(ref _bytes, batch.Operations.Sum(operation => (long)operation.Data.Length));
        return inner.CommitAsync(batch, cancellationToken);
    }
}
