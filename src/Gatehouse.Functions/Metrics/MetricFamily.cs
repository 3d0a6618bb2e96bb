using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gatehouse.Functions.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One instrument and its series.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, bool replaces, IReadOnlyList<double> buckets)
{
    /// <summary>Series of one instrument; measurements of further ones are added up in <see cref="Dropped"/>.</summary>
    public const int MaxSeries = 2000;

    /// <summary>Upper bounds, when the instrument advises none; good for seconds.</summary>
    public static readonly IReadOnlyList<double> DefaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new();
    private long _dropped;

    public string Name => name;

    public string Help => help;

    public MetricKind Kind => kind;

    public IReadOnlyList<double> Buckets => buckets;

    /// <summary>Measurements beyond <see cref="MaxSeries"/>.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>By labels, in ordinal order.</summary>
    public IReadOnlyList<MetricSeries> Series => [.. _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal)];

    public static MetricFamily Of(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        var kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;

        // Observable instruments and gauges report totals; the others report what to add.
        var replaces = instrument.IsObservable || type == typeof(Gauge<>);
        return new MetricFamily(PrometheusText.NameOf(instrument.Name, instrument.Unit, kind), instrument.Description ?? instrument.Name, kind, replaces, BucketsOf(instrument));
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.LabelsOf(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= MaxSeries)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            series = _series.GetOrAdd(labels, text => new MetricSeries(text, buckets, kind));
        }

        series.Record(value, replaces);
    }

    private static IReadOnlyList<double> BucketsOf(Instrument instrument) => (instrument switch
    {
        Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
        Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
        Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
        _ => null,
    }) ?? DefaultBuckets;
}
