using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

internal sealed class AzureClientOptions : ClientOptions
{
    /// <param name="log">Where calls that fail are told, one line each; null for nowhere.</param>
    public AzureClientOptions(AzureOptions options, HttpPipelineTransport transport, bool retries = true, ILogger? log = null)
    {
        Transport = transport;
        Retry.NetworkTimeout = options.RequestTimeout;
        RetryPolicy = new BoundedRetryPolicy(retries ? options.MaxRetries : 0, options.RetryDelay, options.MaxRetryDelay);
        Diagnostics.ApplicationId = "gatehouse";

        // Bodies carry source credentials and tokens.
        Diagnostics.IsLoggingContentEnabled = false;
        if (log is not null)
        {
            AddPolicy(new FailureLog(log), HttpPipelinePosition.PerCall);
        }
    }
}
