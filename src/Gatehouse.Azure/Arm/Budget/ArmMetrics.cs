using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Azure.Arm.Budget;

internal static class ArmMetrics
{
    private static readonly Gauge<long> Remaining = GatehouseMeter.Meter.CreateGauge<long>(
        "gatehouse.arm.remaining", "{call}", "Calls Resource Manager said it still takes, by subscription and class.");

    public static void Tell(string subscription, string callClass, long remaining) =>
        Remaining.Record(remaining, new KeyValuePair<string, object?>("subscription", subscription), new KeyValuePair<string, object?>("class", callClass));
}
