using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Arm.Budget;

/// <summary>
/// Lets a try of a call go when its subscription has something left for it, waits when that is soon, and otherwise answers it with a 429 of our own
/// that nobody was asked for. Learns from what the service says is left. Source: Azure, "Request limits and throttling".
/// </summary>
internal sealed class ArmBudgetPolicy(ArmBudget budget, TimeSpan longestWait, TimeProvider clock, ILogger log) : HttpPipelinePolicy
{
    private const string Header = "x-ms-ratelimit-remaining-";

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Resource Manager is called asynchronously only.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var (subscription, callClass) = (SubscriptionOf(message.Request.Uri.Path), ClassOf(message.Request.Method));
        var allowance = budget.Of(subscription, callClass);
        var deadline = clock.GetUtcNow() + longestWait;
        for (var wait = allowance.TryTake(); wait > TimeSpan.Zero; wait = allowance.TryTake())
        {
            if (clock.GetUtcNow() + wait > deadline)
            {
                log.BudgetExhausted(callClass, subscription, wait);
                message.Response = new BudgetResponse(message.Request.ClientRequestId, wait);
                return;
            }

            await Task.Delay(wait, clock, message.CancellationToken);
        }

        await ProcessNextAsync(message, pipeline);
        Learn(message.Response, subscription, callClass, allowance);
    }

    private static ArmCallClass ClassOf(RequestMethod method) =>
        method == RequestMethod.Get || method == RequestMethod.Head ? ArmCallClass.Reads
        : method == RequestMethod.Delete ? ArmCallClass.Deletes
        : ArmCallClass.Writes;

    private static string SubscriptionOf(string path) =>
        path.Split('/') is ["", var first, var id, ..] && first.Equals("subscriptions", StringComparison.OrdinalIgnoreCase) ? id.ToLowerInvariant() : string.Empty;

    private void Learn(Response response, string subscription, ArmCallClass callClass, ArmAllowance allowance)
    {
        // What is left for the class of this call, whoever counts it: the subscription, its resources, or the tenant.
        var name = callClass switch { ArmCallClass.Reads => "reads", ArmCallClass.Deletes => "deletes", _ => "writes" };
        foreach (var kind in (string[])[$"subscription-{name}", "subscription-resource-requests", $"tenant-{name}"])
        {
            if (response.Headers.TryGetValue(Header + kind, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var remaining))
            {
                allowance.Learn(remaining);
                ArmMetrics.Tell(subscription, kind, remaining);
            }
        }

        if (response.Status == 429)
        {
            allowance.Block(RetryAfterHeader.Read(response, clock) ?? TimeSpan.Zero);
        }
    }
}
