namespace Gatehouse.Functions.Metrics;

/// <param name="Buckets">How many values fell into each bucket alone; the last is +Inf. Empty but for histograms.</param>
internal sealed record MetricReading(double Value, long Count, IReadOnlyList<long> Buckets);

/// <summary>One series: a number, or a histogram. Safe from any thread.</summary>
internal sealed class MetricSeries(string labels, IReadOnlyList<double> bounds, MetricKind kind)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = kind == MetricKind.Histogram ? new long[bounds.Count + 1] : [];
    private double _value;
    private long _count;

    /// <summary>As exposed, without braces.</summary>
    public string Labels => labels;

    public void Record(double value, bool replaces)
    {
        var bucket = _buckets.Length == 0 ? -1 : BucketOf(value);
        lock (_gate)
        {
            _value = replaces ? value : _value + value;
            _count++;
            if (bucket >= 0)
            {
                _buckets[bucket]++;
            }
        }
    }

    public MetricReading Read()
    {
        lock (_gate)
        {
            return new MetricReading(_value, _count, [.. _buckets]);
        }
    }

    /// <summary>A bucket holds values up to and including its bound.</summary>
    private int BucketOf(double value)
    {
        for (var i = 0; i < bounds.Count; i++)
        {
            if (value <= bounds[i])
            {
                return i;
            }
        }

        return bounds.Count;
    }
}
