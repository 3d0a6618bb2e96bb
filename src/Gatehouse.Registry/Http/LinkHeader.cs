namespace Gatehouse.Registry.Http;

/// <summary>Reads <c>Link</c> headers. Source: RFC 8288 section 3.</summary>
internal static class LinkHeader
{
    private const int MaxLength = 8 * 1024;

    /// <summary>The target of the first link with <c>rel="next"</c>, as written; null when there is none. Never throws.</summary>
    public static string? Next(IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            if (value.Length <= MaxLength && Next(value) is { } target)
            {
                return target;
            }
        }

        return null;
    }

    private static string? Next(string value)
    {
        var position = 0;
        while (position < value.Length)
        {
            var open = value.IndexOf('<', position);
            var close = open < 0 ? -1 : value.IndexOf('>', open);
            if (close < 0)
            {
                return null;
            }

            var end = EndOfLink(value, close + 1);
            if (IsNext(value[(close + 1)..end]))
            {
                return value[(open + 1)..close].Trim();
            }

            position = end + 1;
        }

        return null;
    }

    // Parameters run to the first comma outside quotes.
    private static int EndOfLink(string value, int start)
    {
        var quoted = false;
        for (var i = start; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                quoted = !quoted;
            }
            else if (value[i] == ',' && !quoted)
            {
                return i;
            }
        }

        return value.Length;
    }

    private static bool IsNext(string parameters)
    {
        foreach (var parameter in parameters.Split(';'))
        {
            var parts = parameter.Split('=', 2);
            if (parts.Length == 2
                && parts[0].Trim().Equals("rel", StringComparison.OrdinalIgnoreCase)
                && parts[1].Trim().Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
