using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Http;

internal sealed class AzureClientOptions : ClientOptions
{
    public AzureClientOptions(AzureOptions options, HttpPipelineTransport transport, bool retries = true)
    {
        Transport = transport;
        Retry.NetworkTimeout = options.RequestTimeout;
        RetryPolicy = new BoundedRetryPolicy(retries ? options.MaxRetries : 0, options.RetryDelay, options.MaxRetryDelay);
        Diagnostics.ApplicationId = "gatehouse";

        // Bodies carry source credentials and tokens.
        Diagnostics.IsLoggingContentEnabled = false;
    }
}
