namespace Gatehouse.Core.Records.Embedded;

/// <summary>All live rows in memory. Readers see only what is on disk: sets are applied after their flush.</summary>
internal sealed class RecordIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, string Partition), SortedRows> _partitions = [];

    /// <summary>Changed only by the one writer; see <see cref="MutationSet.WeightOf"/>.</summary>
    public long LiveBytes { get; private set; }

    public long LastVersion { get; private set; }

    public StoredRow? Find(string table, string partition, string row)
    {
        lock (_gate)
        {
            return _partitions.TryGetValue((table, partition), out var rows) && rows.TryGet(row, out var found) ? found : null;
        }
    }

    public List<KeyValuePair<string, StoredRow>> Page(string table, string partition, string? from, string? before, int take)
    {
        var page = new List<KeyValuePair<string, StoredRow>>();
        lock (_gate)
        {
            if (_partitions.TryGetValue((table, partition), out var rows))
            {
                rows.CopyTo(page, from, before, take);
            }
        }

        return page;
    }

    public void Apply(MutationSet set)
    {
        lock (_gate)
        {
            if (set.MarkedVersion is { } marked)
            {
                LastVersion = Math.Max(LastVersion, marked);
                return;
            }

            var place = (set.Table, set.Partition);
            if (!_partitions.TryGetValue(place, out var rows))
            {
                _partitions.Add(place, rows = new SortedRows());
            }

            foreach (var (row, after) in set.Mutations)
            {
                var before = after is null ? rows.Remove(row) : rows.Set(row, after);
                LiveBytes += (after is null ? 0 : MutationSet.WeightOf(row, after)) - (before is null ? 0 : MutationSet.WeightOf(row, before));
                LastVersion = Math.Max(LastVersion, after?.Version ?? 0);
            }

            if (rows.Count == 0)
            {
                _partitions.Remove(place);
            }
        }
    }

    /// <summary>The state of this moment, as references to its rows; they never change.</summary>
    public List<(string Table, string Partition, List<KeyValuePair<string, StoredRow>> Rows)> Capture()
    {
        var state = new List<(string, string, List<KeyValuePair<string, StoredRow>>)>();
        lock (_gate)
        {
            foreach (var ((table, partition), rows) in _partitions)
            {
                var copy = new List<KeyValuePair<string, StoredRow>>(rows.Count);
                rows.CopyTo(copy, null, null, int.MaxValue);
                state.Add((table, partition, copy));
            }
        }

        return state;
    }
}
