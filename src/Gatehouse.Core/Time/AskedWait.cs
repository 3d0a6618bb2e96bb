namespace Gatehouse.Core.Time;

/// <summary>What a service may mean by Retry-After. Source: RFC 9110 section 10.2.3.</summary>
public static class AskedWait
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>How far a clock may be off. A service whose clock says something else is not believed, as its answer may be an old one that was kept.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>By which clock a date in an answer is to be read: the answer's own, so that both of its dates are by one.</summary>
    /// <param name="date">The answer's <c>Date</c>; null when it has none.</param>
    public static DateTimeOffset NowOf(DateTimeOffset? date, DateTimeOffset now) => date is { } theirs && (theirs - now).Duration() <= Skew ? theirs : now;

    /// <summary>At most an hour; null for zero and for what is over, which leave it to the caller's own backoff.</summary>
    public static TimeSpan? Bounded(TimeSpan? asked) => asked <= TimeSpan.Zero ? null : asked > Longest ? Longest : asked;
}
