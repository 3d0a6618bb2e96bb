using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gatehouse.Core.Telemetry;

/// <summary>The one meter and the one activity source of the product. Instruments are created where they are used, from this meter.</summary>
public static class GatehouseMeter
{
    public const string Name = "Gatehouse";

    public static Meter Meter { get; } = new(Name);

    public static ActivitySource Activities { get; } = new(Name);
}
