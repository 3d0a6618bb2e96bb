using System.Text.RegularExpressions;

namespace Gatehouse.Evidence.Reports;

internal static partial class ScannerNames
{
    private const int MaxLength = 63;

    /// <summary>A tool's own name as policy writes names: lower-case letters, digits and '-'.</summary>
    public static string Of(string? tool, string fallback)
    {
        var name = Others().Replace((tool ?? string.Empty).ToLowerInvariant(), "-").Trim('-');
        return name.Length is 0 or > MaxLength ? fallback : name;
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Others();
}
