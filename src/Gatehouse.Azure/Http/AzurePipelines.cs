using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Http;

/// <summary>The pipelines of calls that bring their own sign-in: Azure.Core's policies for retries, request ids and diagnostics.</summary>
internal sealed class AzurePipelines(IOptions<AzureOptions> options, HttpPipelineTransport transport, TimeProvider clock, ILoggerFactory? loggers = null)
{
    /// <summary>To the registries' token services, which take tokens in the body.</summary>
    public HttpPipeline Tokens { get; } = HttpPipelineBuilder.Build(new AzureClientOptions(options.Value, transport, clock, log: loggers?.CreateLogger<AzurePipelines>()));
}
