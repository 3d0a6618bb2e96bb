using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>
/// Records in one directory of one machine: all rows in memory, every batch in a journal that is flushed to disk before
/// <see cref="CommitAsync"/> returns. Survives being killed at any moment; batches that wait together share one flush.
/// </summary>
public sealed class EmbeddedRecordStore : IRecordStore, IAsyncDisposable
{
    private const int PageRows = 256;

    private readonly StoreDirectory _directory;
    private readonly RecordIndex _index;
    private readonly StoreFiles _files;
    private readonly CommitLoop _commits;
    private int _disposed;

    private EmbeddedRecordStore(StoreDirectory directory, RecordIndex index, StoreFiles files, ILogger logger)
    {
        (_directory, _index, _files) = (directory, index, files);
        _commits = new CommitLoop(index, files, directory.Path, logger);
    }

    /// <exception cref="RecordStoreException">The directory is open already.</exception>
    /// <exception cref="InvalidDataException">A file is damaged other than at its unfinished end; the message names file and offset.</exception>
    public static Task<EmbeddedRecordStore> OpenAsync(EmbeddedStoreOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Directory, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumGarbageBytes, 1, nameof(options));
        return Task.Run(() => Open(options, logger), cancellationToken);
    }

    public Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(key);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        var found = _index.Find(key.Table, key.Partition, key.Row);
        return Task.FromResult(found is null ? null : new Record(key, BatchEvaluator.ETagOf(found), found.Data));
    }

    public IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(query);
        return PagesAsync(query, cancellationToken);
    }

    public Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(batch);
        return _commits.CommitAsync(batch, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _commits.StopAsync();
            _files.Dispose();
            _directory.Dispose();
        }
    }

    private static EmbeddedRecordStore Open(EmbeddedStoreOptions options, ILogger logger)
    {
        var directory = StoreDirectory.Acquire(options.Directory);
        try
        {
            var index = new RecordIndex();
            var files = StoreFiles.Load(directory, options, index, logger);
            Log.StoreOpened(logger, directory.Path, index.LiveBytes, Directory.GetFiles(directory.Path).Length);
            var store = new EmbeddedRecordStore(directory, index, files, logger);
            directory = null;
            return store;
        }
        finally
        {
            directory?.Dispose();
        }
    }

    private async IAsyncEnumerable<Record> PagesAsync(RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = query.Take ?? int.MaxValue;
        while (left > 0)
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            cancellationToken.ThrowIfCancellationRequested();
            var rows = _index.Page(query.Table, query.Partition, query.From, query.Before, Math.Min(left, PageRows));
            foreach (var (row, stored) in rows)
            {
                yield return new Record(new RecordKey(query.Table, query.Partition, row), BatchEvaluator.ETagOf(stored), stored.Data);
            }

            if (rows.Count < PageRows)
            {
                yield break;
            }

            left -= rows.Count;
            query = query.After(rows[^1].Key);
            await Task.Yield();
        }
    }
}
