using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Http;

/// <summary>The pipelines all calls to Azure go through: Azure.Core's policies for retries, request ids, diagnostics and authorization.</summary>
internal sealed class AzurePipelines(IOptions<AzureOptions> options, TokenCredential credential, HttpPipelineTransport transport)
{
    /// <summary>To Resource Manager, with its bearer token.</summary>
    public HttpPipeline Arm { get; } = HttpPipelineBuilder.Build(
        new AzureClientOptions(options.Value, transport),
        new BearerTokenAuthenticationPolicy(credential, options.Value.ArmScope));

    /// <summary>To the registries' token services, which take tokens in the body.</summary>
    public HttpPipeline Tokens { get; } = HttpPipelineBuilder.Build(new AzureClientOptions(options.Value, transport));
}
