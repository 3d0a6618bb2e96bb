using Gatehouse.Core.Records;
using Record = Gatehouse.Core.Records.Record;

namespace Gatehouse.Core.Tests.Ledger;

/// <summary>Dies at a chosen commit, as a process does: from then on nothing more is applied. It may die before the commit or after it.</summary>
internal sealed class FaultyRecordStore(IRecordStore inner) : IRecordStore
{
    private readonly Lock _gate = new();
    private int _commits;
    private int _dieAt = int.MaxValue;
    private bool _applyLast;

    /// <summary>Called before every commit; a test puts another actor here.</summary>
    public Func<RecordBatch, Task>? BeforeCommit { get; set; }

    public int Commits => _commits;

    public bool Died => _commits >= _dieAt;

    public void Revive(int dieAt = int.MaxValue, bool applyLast = false) => (_commits, _dieAt, _applyLast) = (0, dieAt, applyLast);

    public Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        return inner.GetAsync(key, cancellationToken);
    }

    public IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        return inner.QueryAsync(query, cancellationToken);
    }

    public async Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        int number;
        lock (_gate)
        {
            ThrowIfDead();
            number = ++_commits;
        }

        if (BeforeCommit is { } before)
        {
            await before(batch);
        }

        if (number < _dieAt)
        {
            return await inner.CommitAsync(batch, cancellationToken);
        }

        if (_applyLast)
        {
            await inner.CommitAsync(batch, cancellationToken);
        }

        throw new RecordStoreException("The process died here.");
    }

    private void ThrowIfDead()
    {
        if (Died)
        {
            throw new RecordStoreException("The process is dead.");
        }
    }
}
