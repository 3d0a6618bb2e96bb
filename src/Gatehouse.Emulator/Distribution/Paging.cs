using System.Globalization;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary>Pages by <c>n</c> and <c>last</c>, with a Link to the next. Source: OCI distribution-spec "Listing tags"; ACR caps pages.</summary>
internal static class Paging
{
    /// <summary>Items per page when a client does not say.</summary>
    public const int DefaultSize = 100;

    public const int MaxSize = 1000;

    /// <summary>Null after a malformed <c>n</c> was refused.</summary>
    public static async Task<int?> SizeAsync(HttpContext http)
    {
        if (http.Query("n") is not { } text)
        {
            return DefaultSize;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            return Math.Min(size, MaxSize);
        }

        await Reply.ErrorAsync(http, StatusCodes.Status400BadRequest, "PAGINATION_NUMBER_INVALID", $"n is '{text}'; allowed: 0 to {MaxSize}");
        return null;
    }

    /// <summary>The first <paramref name="size"/> items and whether there are more.</summary>
    public static (List<T> Items, bool More) Cut<T>(IEnumerable<T> items, int size)
    {
        var page = items.Take(size + 1).ToList();
        var more = page.Count > size;
        if (more)
        {
            page.RemoveAt(size);
        }

        return (page, more && size > 0);
    }

    public static void Link(HttpContext http, string path, int size, string last, string? extra = null) =>
        http.Response.Headers.Link = $"<{path}?last={Uri.EscapeDataString(last)}&n={size}{extra}>; rel=\"next\"";
}
