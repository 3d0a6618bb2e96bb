using System.Text.RegularExpressions;

namespace Gatehouse.Functions.Tests.Hosting.Schemas;

/// <summary>ASP.NET Core route templates, as the host takes them: segments of text or one parameter, a catch-all at the end only.</summary>
internal static partial class RouteSyntax
{
    public static bool IsValid(string route)
    {
        if (route.StartsWith('/') || route.EndsWith('/') || route.Contains("//", StringComparison.Ordinal))
        {
            return false;
        }

        var segments = route.Split('/');
        var parameters = segments.Select(segment => Parameter().Match(segment)).Where(match => match.Success).Select(match => match.Groups["name"].Value.ToLowerInvariant()).ToList();
        return segments.All(segment => Literal().IsMatch(segment) || Parameter().IsMatch(segment))
            && segments[..^1].All(segment => !segment.StartsWith("{*", StringComparison.Ordinal) && !segment.EndsWith("?}", StringComparison.Ordinal))
            && parameters.Distinct().Count() == parameters.Count;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]+\z", RegexOptions.None, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\A\{\*?(?<name>[A-Za-z_]\w*)(:[a-z]+(\([^{}/]*\))?)*\??\}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
