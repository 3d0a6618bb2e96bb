using Azure.Core;
using Azure.Core.Pipeline;

namespace Gatehouse.Azure.Http;

/// <summary>Azure.Core's retries, but a wait longer than <paramref name="longestWait"/> is left to the caller, who has a queue to wait in.</summary>
internal sealed class BoundedRetryPolicy(int maxRetries, TimeSpan delay, TimeSpan longestWait)
    : RetryPolicy(maxRetries, DelayStrategy.CreateExponentialDelayStrategy(delay, longestWait > delay ? longestWait : delay))
{
    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        AsksForTooMuch(message) ? new ValueTask<bool>(false) : base.ShouldRetryAsync(message, exception);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
        !AsksForTooMuch(message) && base.ShouldRetry(message, exception);

    private bool AsksForTooMuch(HttpMessage message) => message.HasResponse && RetryAfterHeader.Read(message.Response) > longestWait;
}
