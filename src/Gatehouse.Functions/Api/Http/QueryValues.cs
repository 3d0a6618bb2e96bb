using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Api.Http;

/// <summary>Reads query values, refusing what cannot be meant. A key given twice is a list, and no value here is one.</summary>
internal static class QueryValues
{
    public static string? Text(HttpRequest request, string name) => request.Query[name] is { Count: > 0 } values ? values.ToString() : null;

    public static Result<long> Number(HttpRequest request, string name, long fallback, long min, long max)
    {
        var text = Text(request, name);
        if (text is null)
        {
            return fallback;
        }

        return long.TryParse(text, System.Globalization.NumberStyles.None, null, out var value) && value >= min && value <= max
            ? value
            : new Error(ErrorKind.Invalid, "query-malformed", $"'{name}' is '{text}'; it must be a whole number from {min} to {max}.", name);
    }

    /// <summary>A member by its name, in any case.</summary>
    public static Result<T?> Member<T>(HttpRequest request, string name)
        where T : struct, Enum
    {
        var text = Text(request, name);
        if (text is null)
        {
            return (T?)null;
        }

        foreach (var member in Enum.GetNames<T>())
        {
            if (string.Equals(member, text, StringComparison.OrdinalIgnoreCase))
            {
                return (T?)Enum.Parse<T>(member);
            }
        }

        return new Error(ErrorKind.Invalid, "query-malformed", $"'{name}' is '{text}'; allowed are {string.Join(", ", Enum.GetNames<T>())}.", name) { Allowed = Enum.GetNames<T>() };
    }
}
