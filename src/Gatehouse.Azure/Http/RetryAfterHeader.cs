using System.Globalization;
using Azure;

namespace Gatehouse.Azure.Http;

internal static class RetryAfterHeader
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>In seconds, as ARM and the registries write it, at most an hour; null when there is none.</summary>
    public static TimeSpan? Read(Response response) =>
        response.Headers.TryGetValue("Retry-After", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds))
            : null;
}
