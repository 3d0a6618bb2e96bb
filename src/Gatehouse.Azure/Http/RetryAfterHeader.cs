using System.Globalization;
using Azure;

namespace Gatehouse.Azure.Http;

/// <summary>How long a service asks to be left alone, in every form that Azure.Core's own retries honour. Source: RFC 9110 section 10.2.3; Azure.Core, retry policy.</summary>
internal static class RetryAfterHeader
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>How far a clock may be off. A service whose clock says something else is not believed, as its answer may be an old one that was kept.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>From milliseconds, seconds or a date, at most an hour; zero for a date that is over; null when there is none, or it says nothing.</summary>
    /// <param name="clock">For dates only, and put right by the service's own <c>Date</c>: both of its dates are by one clock.</param>
    public static TimeSpan? Read(Response response, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return Wait(response, DateOf(response, "Date") is { } theirs && (theirs - now).Duration() <= Skew ? theirs : now);
    }

    /// <summary>The longer of what it means and of what Azure.Core takes it for, which knows no skew.</summary>
    public static TimeSpan? ReadLonger(Response response, TimeProvider clock) =>
        Read(response, clock) is { } meant && Wait(response, clock.GetUtcNow()) is { } taken ? (meant > taken ? meant : taken) : null;

    private static TimeSpan? Wait(Response response, DateTimeOffset now) =>
        Number(response, "retry-after-ms", TimeSpan.FromMilliseconds(1))
        ?? Number(response, "x-ms-retry-after-ms", TimeSpan.FromMilliseconds(1))
        ?? Number(response, "Retry-After", TimeSpan.FromSeconds(1))
        ?? (DateOf(response, "Retry-After") is { } until ? Bounded(until - now) : null);

    /// <summary>Digits only; more of them than a number holds are the longest wait.</summary>
    private static TimeSpan? Number(Response response, string name, TimeSpan unit) =>
        response.Headers.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? unit * Math.Min(count, Longest / unit)
            : null;

    /// <summary>An IMF-fixdate, e.g. <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    private static DateTimeOffset? DateOf(Response response, string name) =>
        response.Headers.TryGetValue(name, out var text)
        && DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date
            : null;

    private static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
}
