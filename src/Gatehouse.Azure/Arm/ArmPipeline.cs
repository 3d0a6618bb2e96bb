using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Arm.Budget;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Arm;

/// <summary>The one way to Resource Manager: retries, then its bearer token, then the subscription's budget, so that every try counts.</summary>
internal sealed class ArmPipeline(
    IOptions<AzureOptions> options, TokenCredential credential, HttpPipelineTransport transport, ArmBudget budget, TimeProvider clock, ILogger<ArmPipeline> log)
{
    public HttpPipeline Http { get; } = HttpPipelineBuilder.Build(
        new AzureClientOptions(options.Value, transport, clock, log: log),
        new FreshTokenPolicy(credential, options.Value.ArmTokenScope, clock, log),
        new ArmBudgetPolicy(budget, options.Value.MaxRetryDelay, clock, log));
}
