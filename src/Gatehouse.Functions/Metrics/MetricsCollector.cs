using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Functions.Metrics;

/// <summary>Adds up what the product's meter measures, for <c>/metrics</c>.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();

    /// <summary>By exposition name, in ordinal order.</summary>
    public IReadOnlyList<MetricFamily> Families => [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];

    public void Start()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatehouseMeter.Name)
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, MetricFamily.Of));
            }
        };
        _listener.SetMeasurementEventCallback<double>(Record);
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, state) => Record(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Record(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Record(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, state) => Record(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, state) => Record(instrument, value, tags, state));
        _listener.Start();
    }

    /// <summary>Asks observable instruments for their values now.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private static void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((MetricFamily)state!).Record(value, tags);
}
