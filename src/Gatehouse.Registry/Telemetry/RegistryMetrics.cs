using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Registry.Telemetry;

/// <summary>Every request that goes out, tokens and redirects included, by the registry it is made for.</summary>
internal static class RegistryMetrics
{
    private static readonly Counter<long> Requests = GatehouseMeter.Meter.CreateCounter<long>(
        "gatehouse.registry.requests", "{request}", "Requests sent to registries, their token services and redirect targets.");

    private static readonly Histogram<double> Duration = GatehouseMeter.Meter.CreateHistogram<double>(
        "gatehouse.registry.request.duration", "s", "Time from sending a request to a registry until its response headers.");

    /// <param name="status">Null when there was no response.</param>
    public static void Record(string host, HttpMethod method, HttpStatusCode? status, TimeSpan took)
    {
        var tags = new KeyValuePair<string, object?>[]
        {
            new("host", host),
            new("method", method.Method),
            new("status", status is null ? "none" : ((int)status).ToString(CultureInfo.InvariantCulture)),
        };
        Requests.Add(1, tags);
        Duration.Record(took.TotalSeconds, tags);
    }
}
