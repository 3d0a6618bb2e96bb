using System.Globalization;
using System.Text;

namespace Gatehouse.Functions.Metrics;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4. Source: prometheus.io "Exposition formats".</summary>
internal static class PrometheusText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Instrument name and unit as OpenTelemetry maps them to Prometheus.</summary>
    public static string NameOf(string instrument, string? unit, MetricKind kind)
    {
        var name = Sanitize(instrument, ':');
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when kind == MetricKind.Gauge => "_ratio",
            _ => string.Empty,
        };
        name = suffix.Length == 0 || name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;
        return kind != MetricKind.Counter || name.EndsWith("_total", StringComparison.Ordinal) ? name : name + "_total";
    }

    /// <summary><c>a="b",c="d"</c>, in order of the names.</summary>
    public static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var pairs = new List<KeyValuePair<string, string>>(tags.Length);
        foreach (var tag in tags)
        {
            pairs.Add(new(Sanitize(tag.Key, '_'), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? string.Empty));
        }

        return string.Join(',', pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}=\"{EscapeLabel(pair.Value)}\""));
    }

    public static void Write(StringBuilder text, MetricFamily family)
    {
        text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n')
            .Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var series in family.Series)
        {
            var reading = series.Read();
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(text, family, series.Labels, reading);
            }
            else
            {
                Line(text, family.Name, series.Labels, Number(reading.Value));
            }
        }
    }

    public static void WriteOne(StringBuilder text, string name, string type, string help, double value, string labels = "")
    {
        text.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(help)).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        Line(text, name, labels, Number(value));
    }

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static void WriteHistogram(StringBuilder text, MetricFamily family, string labels, MetricReading reading)
    {
        var prefix = labels.Length == 0 ? string.Empty : labels + ",";
        long cumulative = 0;
        for (var i = 0; i < reading.Buckets.Count; i++)
        {
            cumulative += reading.Buckets[i];
            var bound = i < family.Buckets.Count ? family.Buckets[i] : double.PositiveInfinity;
            Line(text, family.Name + "_bucket", $"{prefix}le=\"{Number(bound)}\"", Number(cumulative));
        }

        Line(text, family.Name + "_sum", labels, Number(reading.Value));
        Line(text, family.Name + "_count", labels, Number(reading.Count));
    }

    private static void Line(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string EscapeLabel(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapeHelp(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Letters, digits and '_', not starting with a digit; metric names take ':' as well.</summary>
    private static string Sanitize(string name, char extra)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) || c == extra ? c : '_');
        }

        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }
}
