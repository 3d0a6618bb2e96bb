using System.Diagnostics.Metrics;
using System.Globalization;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Registry.Telemetry;

/// <summary>What Azure's registries say they still take. Only for hosts of the estate: whoever names an image must not make new series.</summary>
public static class RegistryAllowance
{
    /// <summary>Source: recorded answers of the service; a number with a fraction, e.g. 166.65.</summary>
    public const string Header = "x-ms-ratelimit-remaining-calls-per-second";

    /// <summary>The token service's own allowance.</summary>
    public const string SignIn = "oauth";

    private static readonly Gauge<double> Remaining = GatehouseMeter.Meter.CreateGauge<double>(
        "gatehouse.registry.remaining", "{call}/s", "Calls a second that a registry of the estate said it still takes, by host and class (read, write, delete, oauth).");

    /// <param name="host">A host of the estate.</param>
    /// <param name="header">As it came; nothing is told when it is no number.</param>
    public static void Tell(string host, string callClass, string? header)
    {
        if (double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var remaining) && double.IsFinite(remaining))
        {
            Remaining.Record(remaining, new KeyValuePair<string, object?>("host", host), new KeyValuePair<string, object?>("class", callClass));
        }
    }

    /// <summary>The classes that registries count by. Source: ACR service tiers, API throttling.</summary>
    internal static string ClassOf(HttpMethod method) => method.Method switch
    {
        "GET" or "HEAD" or "OPTIONS" => "read",
        "DELETE" => "delete",
        _ => "write",
    };
}
