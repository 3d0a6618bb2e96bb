using System.Runtime.CompilerServices;
using Gatehouse.Core.Records;
using Xunit;
using Record = Gatehouse.Core.Records.Record;

namespace Gatehouse.Core.Tests.Estate;

/// <summary>Table semantics in memory, with counters and a crash that can be placed before or after any commit.</summary>
internal sealed class MemoryRecordStore : IRecordStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (RecordKey Key, string ETag, byte[] Data)> _rows = new(StringComparer.Ordinal);
    private int _version;

    public int Reads { get; private set; }

    public int Queries { get; private set; }

    public int Commits { get; private set; }

    /// <summary>Throws before the batch is applied, when it says so.</summary>
    public Func<RecordBatch, bool> CrashBefore { get; set; } = _ => false;

    public IReadOnlyList<RecordKey> Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Values.Select(row => row.Key)];
            }
        }
    }

    public Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Reads++;
            return Task.FromResult(_rows.TryGetValue(Text(key), out var row) ? new Record(row.Key, row.ETag, row.Data) : null);
        }
    }

    public async IAsyncEnumerable<Record> QueryAsync(RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<Record> found;
        lock (_gate)
        {
            Queries++;
            found = [.. _rows.Values
                .Where(row => row.Key.Table == query.Table && row.Key.Partition == query.Partition)
                .Where(row => query.From is null || string.CompareOrdinal(row.Key.Row, query.From) >= 0)
                .Where(row => query.Before is null || string.CompareOrdinal(row.Key.Row, query.Before) < 0)
                .OrderBy(row => row.Key.Row, StringComparer.Ordinal)
                .Take(query.Take ?? int.MaxValue)
                .Select(row => new Record(row.Key, row.ETag, row.Data))];
        }

        foreach (var record in found)
        {
            await Task.Yield();
            yield return record;
        }
    }

    public Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        Check(batch);
        if (CrashBefore(batch))
        {
            throw new RecordStoreException("crashed before the commit");
        }

        lock (_gate)
        {
            Commits++;
            for (var i = 0; i < batch.Operations.Count; i++)
            {
                if (Refusal(batch, batch.Operations[i]) is { } outcome)
                {
                    return Task.FromResult(CommitResult.Refused(outcome, i));
                }
            }

            return Task.FromResult(new CommitResult(CommitOutcome.Committed, [.. batch.Operations.Select(operation => Apply(batch, operation))]));
        }
    }

    private CommitOutcome? Refusal(RecordBatch batch, RecordOperation operation)
    {
        var exists = _rows.TryGetValue(Text(new(batch.Table, batch.Partition, operation.Row)), out var row);
        return operation.Kind switch
        {
            RecordOperationKind.Insert => exists ? CommitOutcome.Exists : null,
            RecordOperationKind.Upsert => null,
            _ when !exists => CommitOutcome.Missing,
            _ => operation.ETag is not null && operation.ETag != row.ETag ? CommitOutcome.Changed : null,
        };
    }

    private string? Apply(RecordBatch batch, RecordOperation operation)
    {
        var key = new RecordKey(batch.Table, batch.Partition, operation.Row);
        if (operation.Kind == RecordOperationKind.Delete)
        {
            _rows.Remove(Text(key));
            return null;
        }

        var etag = $"v{++_version}";
        _rows[Text(key)] = (key, etag, operation.Data.ToArray());
        return etag;
    }

    private static void Check(RecordBatch batch)
    {
        Assert.InRange(batch.Operations.Count, 1, RecordLimits.MaxBatchOperations);
        Assert.True(RecordKeys.IsValid(batch.Partition), batch.Partition);
        Assert.Matches("^[a-z][a-z0-9]{2,62}$", batch.Table);
        Assert.Equal(batch.Operations.Count, batch.Operations.Select(operation => operation.Row).Distinct().Count());
        Assert.All(batch.Operations, operation => Assert.True(RecordKeys.IsValid(operation.Row), operation.Row));
        Assert.All(batch.Operations, operation => Assert.InRange(operation.Data.Length, 0, RecordLimits.MaxDataBytes));
    }

    private static string Text(RecordKey key) => $"{key.Table}\u0001{key.Partition}\u0001{key.Row}";
}
