using System.Globalization;
using Azure;
using Gatehouse.Core.Time;

namespace Gatehouse.Azure.Http;

/// <summary>How long a service asks to be left alone, in every form that Azure.Core's own retries honour. Source: RFC 9110 section 10.2.3; Azure.Core, retry policy.</summary>
internal static class RetryAfterHeader
{
    /// <summary>From milliseconds, seconds or a date, at most an hour; null when there is none, or it says nothing: a wait of zero, or a date that is over, leaves it to the caller's own backoff.</summary>
    /// <param name="clock">For dates only, and put right by the service's own <c>Date</c>: both of its dates are by one clock.</param>
    public static TimeSpan? Read(Response response, TimeProvider clock) => Wait(response, AskedWait.NowOf(DateOf(response, "Date"), clock.GetUtcNow()));

    /// <summary>The longer of what it means and of what Azure.Core takes it for, which knows no skew.</summary>
    public static TimeSpan? ReadLonger(Response response, TimeProvider clock)
    {
        var (meant, taken) = (Read(response, clock), Wait(response, clock.GetUtcNow()));
        return meant is null || taken > meant ? taken : meant;
    }

    private static TimeSpan? Wait(Response response, DateTimeOffset now) => AskedWait.Bounded(
        Number(response, "retry-after-ms", TimeSpan.FromMilliseconds(1))
        ?? Number(response, "x-ms-retry-after-ms", TimeSpan.FromMilliseconds(1))
        ?? Number(response, "Retry-After", TimeSpan.FromSeconds(1))
        ?? DateOf(response, "Retry-After") - now);

    /// <summary>Digits only; more of them than a number holds are the longest wait.</summary>
    private static TimeSpan? Number(Response response, string name, TimeSpan unit) =>
        response.Headers.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? unit * Math.Min(count, AskedWait.Longest / unit)
            : null;

    /// <summary>An IMF-fixdate, e.g. <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    private static DateTimeOffset? DateOf(Response response, string name) =>
        response.Headers.TryGetValue(name, out var text)
        && DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date
            : null;
}
