using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Arm.Budget;

namespace Gatehouse.Azure.Http;

/// <summary>Azure.Core's retries, but a wait longer than <paramref name="longestWait"/>, or for a budget that has waited as long itself, is left to the caller, who has a queue to wait in.</summary>
internal sealed class BoundedRetryPolicy(int maxRetries, TimeSpan delay, TimeSpan longestWait, TimeProvider clock)
    : RetryPolicy(maxRetries, DelayStrategy.CreateExponentialDelayStrategy(delay, longestWait > delay ? longestWait : delay))
{
    /// <summary>What the call's answer is read by, too.</summary>
    public static TimeProvider ClockOf(HttpMessage message) => message.TryGetProperty(typeof(BoundedRetryPolicy), out var value) && value is TimeProvider clock
        ? clock
        : throw new InvalidOperationException($"The pipeline has no {nameof(BoundedRetryPolicy)}.");

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        message.SetProperty(typeof(BoundedRetryPolicy), clock);
        return base.ProcessAsync(message, pipeline);
    }

    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        AsksForTooMuch(message) ? new ValueTask<bool>(false) : base.ShouldRetryAsync(message, exception);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
        !AsksForTooMuch(message) && base.ShouldRetry(message, exception);

    private bool AsksForTooMuch(HttpMessage message) => message.HasResponse && (message.Response is BudgetResponse || RetryAfterHeader.ReadLonger(message.Response, clock) > longestWait);
}
