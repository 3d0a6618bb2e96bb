using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Core.Estate;

internal static class EstateMetrics
{
    public static Histogram<long> ReplicationLag { get; } = GatehouseMeter.Meter.CreateHistogram<long>(
        "gatehouse.replica.lag", "ms", "From the end of a registry's import until a replica first served the image.");
}
