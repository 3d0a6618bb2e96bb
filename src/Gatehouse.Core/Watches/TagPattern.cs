using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Gatehouse.Core.Watches;

/// <summary>Exact tags, and patterns with <c>*</c> and <c>?</c>. Case matters, as it does in tags.</summary>
internal static partial class TagPattern
{
    public const int MaxPatterns = 100;

    public static bool IsValid(string? pattern) => pattern is not null && Pattern().IsMatch(pattern);

    public static bool IsExact(string pattern) => pattern.AsSpan().IndexOfAny('*', '?') < 0;

    public static bool Matches(string pattern, string tag) =>
        IsExact(pattern) ? pattern == tag : FileSystemName.MatchesSimpleExpression(pattern, tag, ignoreCase: false);

    public static bool HasWildcards(this Watch watch) => watch.Tags.Any(pattern => !IsExact(pattern));

    public static bool Covers(this Watch watch, string tag) => watch.Tags.Any(pattern => Matches(pattern, tag));

    /// <summary>Whether the tag itself is named, not only matched.</summary>
    public static bool Names(this Watch watch, string tag) => watch.Tags.Any(pattern => IsExact(pattern) && pattern == tag);

    [GeneratedRegex(@"\A[a-zA-Z0-9_*?][a-zA-Z0-9_.*?-]{0,127}\z", RegexOptions.None, 1000)]
    private static partial Regex Pattern();
}
