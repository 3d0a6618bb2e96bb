using System.Globalization;
using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Reports;

internal static class Severities
{
    /// <summary>A severity by any of the words in use; a word nobody uses is Unknown, never something harmless.</summary>
    public static Severity Of(string? word) => word?.Trim().ToUpperInvariant() switch
    {
        "CRITICAL" => Severity.Critical,
        "HIGH" or "IMPORTANT" => Severity.High,
        "MEDIUM" or "MODERATE" => Severity.Medium,
        "LOW" => Severity.Low,
        "NEGLIGIBLE" => Severity.Negligible,
        _ => Severity.Unknown,
    };

    /// <summary>By CVSS 3 base score. Source: CVSS 3.1 section 5. Zero is what scanners write when they have no score.</summary>
    public static Severity OfScore(string? score) =>
        double.TryParse(score, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value switch
            {
                > 10 => Severity.Unknown,
                >= 9 => Severity.Critical,
                >= 7 => Severity.High,
                >= 4 => Severity.Medium,
                > 0 => Severity.Low,
                _ => Severity.Unknown,
            }
            : Severity.Unknown;
}
