using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Functions.Metrics;
using Gatehouse.Functions.Tests.Support;

namespace Gatehouse.Functions.Tests.Metrics;

public sealed partial class MetricsTests
{
    [Fact]
    public void Histogram_Values_FallIntoCumulativeBuckets()
    {
        var family = new MetricFamily("work_seconds", "Work.", MetricKind.Histogram, replaces: false, [0.1, 1]);
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 })
        {
            family.Record(value, [new("step", "import")]);
        }

        Assert.Equal(
            """
            # HELP work_seconds Work.
            # TYPE work_seconds histogram
            work_seconds_bucket{step="import",le="0.1"} 2
            work_seconds_bucket{step="import",le="1"} 3
            work_seconds_bucket{step="import",le="+Inf"} 4
            work_seconds_sum{step="import"} 7.65
            work_seconds_count{step="import"} 4

            """,
            Write(family));
    }

    [Fact]
    public void Labels_AreEscapedAndOrdered()
    {
        var family = new MetricFamily("a_total", "One\\two\nthree.", MetricKind.Counter, replaces: false, []);
        family.Record(2, [new("b.c", "say \"hi\"\\\n"), new("a", null)]);

        Assert.Equal("# HELP a_total One\\\\two\\nthree.\n# TYPE a_total counter\na_total{a=\"\",b_c=\"say \\\"hi\\\"\\\\\\n\"} 2\n", Write(family));
    }

    [Theory]
    [InlineData("gatehouse.trigger.duration", "s", "Histogram", "gatehouse_trigger_duration_seconds")]
    [InlineData("gatehouse.intakes", null, "Counter", "gatehouse_intakes_total")]
    [InlineData("queue.size", "By", "Gauge", "queue_size_bytes")]
    [InlineData("1st", null, "Gauge", "_1st")]
    public void Name_OfAnInstrument_IsMapped(string instrument, string? unit, string kind, string name) =>
        Assert.Equal(name, PrometheusText.NameOf(instrument, unit, Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void Series_BeyondTheLimit_AreCountedAsDropped()
    {
        var family = new MetricFamily("a_total", "A.", MetricKind.Counter, replaces: false, []);
        for (var i = 0; i <= MetricFamily.MaxSeries; i++)
        {
            family.Record(1, [new("i", i)]);
        }

        Assert.Equal(MetricFamily.MaxSeries, family.Series.Count);
        Assert.Equal(1, family.Dropped);
    }

    [Fact]
    public async Task Endpoint_EveryLine_IsWellFormed()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("GET", "/healthz", role: null);

        var answer = await host.SendAsync("GET", "/metrics", role: null);

        Assert.Equal("text/plain", answer.MediaType);
        Assert.All(answer.Text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
        Assert.Contains("""gatehouse_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"}""", answer.Text, StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes ", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Scanner", 403)]
    [InlineData("Reader", 200)]
    public async Task Endpoint_ThroughTheFunctionsHost_NeedsAReader(string? role, int status)
    {
        await using var host = await ApiHost.StartAsync();

        Assert.Equal(status, (await host.SendAsync("GET", "/metrics", role, headers: ("X-Azure-Functions-InvocationId", "1"))).Status);
    }

    private static string Write(MetricFamily family)
    {
        var text = new StringBuilder();
        PrometheusText.Write(text, family);
        return text.ToString();
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*")*\})? [-+0-9.eEInfNa]+)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
