using System.Runtime.CompilerServices;
using Gatehouse.Core.Readiness;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>Opens the store at its first use, so that registering it does no I/O at start; a failed opening is tried again at the next use.</summary>
internal sealed class LazyRecordStore(Func<CancellationToken, Task<EmbeddedRecordStore>> open) : IRecordStore, IReadinessCheck, IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile EmbeddedRecordStore? _store;
    private bool _disposed;

    public async Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        await (await OpenAsync(cancellationToken)).GetAsync(key, cancellationToken);

    public IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordBatchValidator.Validate(query);
        return EnumerateAsync(query, cancellationToken);
    }

    public async Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken) =>
        await (await OpenAsync(cancellationToken)).CommitAsync(batch, cancellationToken);

    public async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        try
        {
            await OpenAsync(cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is RecordStoreException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync();
        _disposed = true;
        if (_store is { } store)
        {
            await store.DisposeAsync();
        }

        _opening.Release();
    }

    private async IAsyncEnumerable<Record> EnumerateAsync(RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await OpenAsync(cancellationToken);
        await foreach (var record in store.QueryAsync(query, cancellationToken))
        {
            yield return record;
        }
    }

    private async ValueTask<EmbeddedRecordStore> OpenAsync(CancellationToken cancellationToken)
    {
        if (_store is { } opened)
        {
            return opened;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);

            // The opening serves everyone, so no single caller's cancellation may end it.
            return _store ??= await open(CancellationToken.None);
        }
        finally
        {
            _opening.Release();
        }
    }
}
