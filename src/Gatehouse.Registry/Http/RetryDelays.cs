using System.Net;
using Gatehouse.Core.Time;
using Gatehouse.Registry.Options;

namespace Gatehouse.Registry.Http;

/// <summary>When to try again. Source: OCI distribution-spec (429), RFC 9110 section 10.2.3 (Retry-After).</summary>
internal sealed class RetryDelays(RegistryOptions options, TimeProvider clock, IEntropy entropy)
{
    public static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>What the response asks for, at most an hour; null when it asks for nothing, for zero, or for a time that has passed.</summary>
    /// <remarks>A date is put right by the answer's own <c>Date</c>, unless that is so far from our clock that the answer may be an old one that was kept.</remarks>
    public TimeSpan? Asked(HttpResponseMessage response) => AskedWait.Bounded(
        response.Headers.RetryAfter is { } asked ? asked.Delta ?? (asked.Date - AskedWait.NowOf(response.Headers.Date, clock.GetUtcNow())) : null);

    /// <summary>How long to wait before try <paramref name="retry"/> (1 is the first retry); null when the registry asks for longer than we wait.</summary>
    public TimeSpan? Before(int retry, TimeSpan? asked)
    {
        if (asked > options.MaxRetryDelay)
        {
            return null;
        }

        // Half of the delay is certain and half is chance, so that callers who failed together do not return together.
        var full = options.RetryDelay * Math.Pow(2, Math.Min(retry - 1, 16));
        var jittered = full * (0.5 + (entropy.NextDouble() / 2));
        var backoff = jittered < options.MaxRetryDelay ? jittered : options.MaxRetryDelay;
        return asked > backoff ? asked : backoff;
    }

    public Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, clock, cancellationToken);
}
