using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Arm.Budget;

namespace Gatehouse.Azure.Http;

/// <summary>Azure.Core's retries, but a wait longer than <paramref name="longestWait"/>, or for a budget that has waited as long itself, is left to the caller, who has a queue to wait in.</summary>
internal sealed class BoundedRetryPolicy(int maxRetries, TimeSpan delay, TimeSpan longestWait)
    : RetryPolicy(maxRetries, DelayStrategy.CreateExponentialDelayStrategy(delay, longestWait > delay ? longestWait : delay))
{
    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        AsksForTooMuch(message) ? new ValueTask<bool>(false) : base.ShouldRetryAsync(message, exception);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
        !AsksForTooMuch(message) && base.ShouldRetry(message, exception);

    private bool AsksForTooMuch(HttpMessage message) => message.HasResponse && (message.Response is BudgetResponse || RetryAfterHeader.Read(message.Response) > longestWait);
}
