using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Core.Records.Embedded;

/// <param name="Version">Becomes the ETag; never given twice.</param>
internal sealed record StoredRow(long Version, byte[] Data);

/// <summary>Rows in ordinal order of their keys, in runs of at most <see cref="RunLength"/>: two levels of binary search, and keys that only grow fill runs completely.</summary>
internal sealed class SortedRows
{
    private const int RunLength = 256;

    private readonly List<Run> _runs = [];

    public int Count { get; private set; }

    public bool TryGet(string key, [NotNullWhen(true)] out StoredRow? row)
    {
        var run = RunFor(key);
        var at = run < 0 ? -1 : _runs[run].Find(key);
        row = at < 0 ? null : _runs[run].Rows[at];
        return row is not null;
    }

    /// <summary>Puts the row, and returns the one it replaced.</summary>
    public StoredRow? Set(string key, StoredRow row)
    {
        if (_runs.Count == 0)
        {
            _runs.Add(new Run());
        }

        var index = Math.Max(RunFor(key), 0);
        var run = _runs[index];
        var at = run.Find(key);
        if (at >= 0)
        {
            var old = run.Rows[at];
            run.Rows[at] = row;
            return old;
        }

        at = ~at;
        if (run.Count == RunLength)
        {
            var appends = index == _runs.Count - 1 && at == RunLength;
            var next = appends ? new Run() : run.SplitOff(RunLength / 2);
            _runs.Insert(index + 1, next);
            if (appends || at > run.Count)
            {
                (run, at) = (next, at - run.Count);
            }
        }

        run.Insert(at, key, row);
        Count++;
        return null;
    }

    public StoredRow? Remove(string key)
    {
        var index = RunFor(key);
        var at = index < 0 ? -1 : _runs[index].Find(key);
        if (at < 0)
        {
            return null;
        }

        var old = _runs[index].RemoveAt(at);
        if (_runs[index].Count == 0)
        {
            _runs.RemoveAt(index);
        }

        Count--;
        return old;
    }

    /// <summary>Copies the rows from <paramref name="from"/> (inclusive) to <paramref name="before"/> (exclusive), at most <paramref name="take"/>.</summary>
    public void CopyTo(List<KeyValuePair<string, StoredRow>> page, string? from, string? before, int take)
    {
        if (_runs.Count == 0)
        {
            return;
        }

        var index = from is null ? 0 : Math.Max(RunFor(from), 0);
        var at = from is null ? 0 : _runs[index].Find(from);
        at = at < 0 ? ~at : at;
        for (; index < _runs.Count; index++, at = 0)
        {
            var run = _runs[index];
            for (; at < run.Count; at++)
            {
                if (take-- == 0 || (before is not null && string.CompareOrdinal(run.Keys[at], before) >= 0))
                {
                    return;
                }

                page.Add(new(run.Keys[at], run.Rows[at]));
            }
        }
    }

    /// <summary>The last run that starts at or before <paramref name="key"/>, or -1.</summary>
    private int RunFor(string key)
    {
        var (low, high) = (0, _runs.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_runs[middle].Count == 0 || string.CompareOrdinal(_runs[middle].Keys[0], key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    private sealed class Run
    {
        public string[] Keys { get; private set; } = new string[4];

        public StoredRow[] Rows { get; private set; } = new StoredRow[4];

        public int Count { get; private set; }

        /// <summary>The key's place, or the complement of where it would go.</summary>
        public int Find(string key) => Array.BinarySearch(Keys, 0, Count, key, StringComparer.Ordinal);

        public void Insert(int at, string key, StoredRow row)
        {
            if (Count == Keys.Length)
            {
                var length = Math.Min(Count * 2, RunLength);
                (var keys, var rows) = (Keys, Rows);
                Array.Resize(ref keys, length);
                Array.Resize(ref rows, length);
                (Keys, Rows) = (keys, rows);
            }

            Array.Copy(Keys, at, Keys, at + 1, Count - at);
            Array.Copy(Rows, at, Rows, at + 1, Count - at);
            (Keys[at], Rows[at]) = (key, row);
            Count++;
        }

        public StoredRow RemoveAt(int at)
        {
            var row = Rows[at];
            Count--;
            Array.Copy(Keys, at + 1, Keys, at, Count - at);
            Array.Copy(Rows, at + 1, Rows, at, Count - at);
            (Keys[Count], Rows[Count]) = (null!, null!);
            return row;
        }

        public Run SplitOff(int from)
        {
            var tail = new Run { Keys = new string[RunLength], Rows = new StoredRow[RunLength], Count = Count - from };
            Array.Copy(Keys, from, tail.Keys, 0, tail.Count);
            Array.Copy(Rows, from, tail.Rows, 0, tail.Count);
            Array.Clear(Keys, from, tail.Count);
            Array.Clear(Rows, from, tail.Count);
            Count = from;
            return tail;
        }
    }
}
