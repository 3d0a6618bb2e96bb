using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>What single values of an estate file may be.</summary>
internal static partial class EstateRules
{
    public const string ApiVersion = "gatehouse/v1";
    public const string Kind = "Estate";

    public const string NameAllowed = "5 to 50 letters and digits, as Azure names registries";
    public const string RegionAllowed = "the short name of a region, 5 to 50 lower-case letters and digits, e.g. westeurope";
    public const string HostAllowed = "a lower-case host with optional port, e.g. contosohub.azurecr.io";
    public const string BulkheadAllowed = "1 to 63 letters, digits and '-'";
    public const string SwitchAllowed = "true or false";
    public const string AvailabilityAllowed = "a percentage above 0 and below 100, e.g. 99.99";
    public const string DurationAllowed = "a whole number of s, m, h or d, from 1s to 7d, e.g. 5m";
    public const string TargetAllowed = "a repository with {registry} and {repository} in it, each once, so that no two upstreams share one, e.g. {registry}/{repository}";

    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(7);

    public static bool IsName(string text) => NamePattern().IsMatch(text);

    public static bool IsRegion(string text) => RegionPattern().IsMatch(text);

    public static bool IsSwitch(string text) => text is "true" or "false";

    public static bool IsBulkhead(string text) => BulkheadPattern().IsMatch(text);

    public static bool IsHost(string text) => text.Length <= 255 && HostPattern().IsMatch(text) && HasPort(text);

    public static string ResourceIdAllowed(string registry) =>
        $"/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/{registry}";

    /// <summary>Source: ARM resource ids; resource group names as Microsoft.Resources limits them.</summary>
    public static bool IsResourceId(string text, string? registry)
    {
        var match = ResourceIdPattern().Match(text);
        return match.Success
            && Guid.TryParseExact(match.Groups["subscription"].Value, "D", out _)
            && !match.Groups["group"].ValueSpan.EndsWith('.')
            && (registry is null || match.Groups["name"].Value.Equals(registry, StringComparison.OrdinalIgnoreCase));
    }

    public static bool IsTarget(string text)
    {
        var repository = text.Replace("{registry}", "docker.io", StringComparison.Ordinal).Replace("{repository}", "library/alpine", StringComparison.Ordinal);
        return Occurs(text, "{registry}") == 1 && Occurs(text, "{repository}") == 1 && ImageReference.IsRepository(repository);
    }

    public static double? Percentage(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100 ? percent : null;

    public static TimeSpan? Duration(string text)
    {
        if (text.Length is < 2 or > 7 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        TimeSpan? duration = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
        return duration > TimeSpan.Zero && duration <= LongestDuration ? duration : null;
    }

    private static bool HasPort(string host) => host.LastIndexOf(':') is var colon and > 0
        ? int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
        : true;

    private static int Occurs(string text, string part) => (text.Length - text.Replace(part, string.Empty, StringComparison.Ordinal).Length) / part.Length;

    [GeneratedRegex(@"\A[a-zA-Z0-9]{5,50}\z", RegexOptions.None, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9]{5,50}\z", RegexOptions.None, 1000)]
    private static partial Regex RegionPattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{1,63}\z", RegexOptions.None, 1000)]
    private static partial Regex BulkheadPattern();

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::[0-9]{1,5})?\z", RegexOptions.None, 1000)]
    private static partial Regex HostPattern();

    [GeneratedRegex(
        @"\A/subscriptions/(?<subscription>[0-9a-f-]{36})/resourceGroups/(?<group>[a-z0-9._()-]{1,90})/providers/Microsoft\.ContainerRegistry/registries/(?<name>[a-z0-9]{5,50})\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex ResourceIdPattern();
}
