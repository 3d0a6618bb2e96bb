using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

internal sealed class AzureClientOptions : ClientOptions
{
    /// <param name="log">Where calls that fail are told, one line each; null for nowhere.</param>
    public AzureClientOptions(AzureOptions options, HttpPipelineTransport transport, TimeProvider clock, bool retries = true, ILogger? log = null)
    {
        this.WithDefaults(options, transport, clock, retries);
        if (log is not null)
        {
            AddPolicy(new FailureLog(log), HttpPipelinePosition.PerCall);
        }
    }
}
