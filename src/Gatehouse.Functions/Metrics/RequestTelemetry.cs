using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Functions.Metrics;

/// <summary>Times every request by route pattern, method and status; never by path, which callers choose.</summary>
internal sealed class RequestTelemetry(RequestDelegate next, TimeProvider clock)
{
    private static readonly Histogram<double> Duration = GatehouseMeter.Meter.CreateHistogram<double>(
        "gatehouse.http.request.duration", "s", "How long HTTP requests took, by route, method and status.");

    public async Task InvokeAsync(HttpContext http)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            Duration.Record(clock.GetElapsedTime(started).TotalSeconds, new TagList
            {
                { "route", route },
                { "method", KnownMethod(http.Request.Method) },
                { "status", http.Response.StatusCode },
            });
        }
    }

    private static string KnownMethod(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "OPTIONS" or "PATCH" ? method : "other";
}
