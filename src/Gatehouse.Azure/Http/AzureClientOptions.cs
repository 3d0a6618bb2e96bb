using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Http;

internal sealed class AzureClientOptions : ClientOptions
{
    public AzureClientOptions(AzureOptions options, HttpPipelineTransport transport, bool retries = true) => Apply(this, options, transport, retries);

    /// <summary>Our transport, limits and retries, also for the clients of others.</summary>
    public static T Apply<T>(T client, AzureOptions options, HttpPipelineTransport transport, bool retries = true)
        where T : ClientOptions
    {
        client.Transport = transport;
        client.Retry.NetworkTimeout = options.RequestTimeout;
        client.RetryPolicy = new BoundedRetryPolicy(retries ? options.MaxRetries : 0, options.RetryDelay, options.MaxRetryDelay);
        client.Diagnostics.ApplicationId = "gatehouse";

        // Bodies carry source credentials and tokens.
        client.Diagnostics.IsLoggingContentEnabled = false;
        return client;
    }
}
