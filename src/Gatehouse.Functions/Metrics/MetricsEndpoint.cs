using System.Diagnostics;
using System.Net;
using System.Text;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Health;
using Gatehouse.Functions.Problems;
using Gatehouse.Functions.Triggers;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Metrics;

/// <summary><c>/metrics</c>: open to this machine; through the Functions host, which forwards for strangers, the role Reader is needed.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", Get).AllowAnonymous()
            .Produces<string>(200, "text/plain")
            .Describe("GetMetrics", "Prometheus text exposition. Open on loopback, else for readers.");

    private static IResult Get(HttpContext http, [FromServices] MetricsCollector metrics) =>
        IsLocal(http) || Access.Table[Access.Read].Any(http.User.HasRole)
            ? Results.Text(Write(metrics), PrometheusText.MediaType)
            : (http.User.Identity?.IsAuthenticated == true ? AuthErrors.RoleMissing([Roles.Reader]) : AuthErrors.Missing).ToProblem();

    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && !http.Request.Headers.ContainsKey(InvocationReader.IdHeader)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For");

    private static string Write(MetricsCollector metrics)
    {
        metrics.Observe();
        var text = new StringBuilder(16 * 1024);
        var families = metrics.Families;
        foreach (var family in families)
        {
            PrometheusText.Write(text, family);
        }

        PrometheusText.WriteOne(text, "gatehouse_metrics_dropped_total", "counter", "Measurements of series beyond the limit of an instrument.", families.Sum(family => family.Dropped));
        PrometheusText.WriteOne(text, "gatehouse_build_info", "gauge", "The running version.", 1, PrometheusText.LabelsOf([new("version", HealthEndpoints.Version)]));
        WriteProcess(text);
        return text.ToString();
    }

    private static void WriteProcess(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        var started = (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
        PrometheusText.WriteOne(text, "process_cpu_seconds_total", "counter", "User and system CPU time.", process.TotalProcessorTime.TotalSeconds);
        PrometheusText.WriteOne(text, "process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        PrometheusText.WriteOne(text, "process_start_time_seconds", "gauge", "Start, in seconds since the Unix epoch.", started);
        PrometheusText.WriteOne(text, "dotnet_gc_heap_bytes", "gauge", "Managed memory in use.", GC.GetTotalMemory(forceFullCollection: false));
        PrometheusText.WriteOne(text, "dotnet_gc_collections_total", "counter", "Collections of all generations.", GC.CollectionCount(0));
    }
}
