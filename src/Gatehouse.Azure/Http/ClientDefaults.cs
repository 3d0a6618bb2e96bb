using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Http;

internal static class ClientDefaults
{
    /// <summary>Our transport, time limits and retries, for our own pipelines and for those of Azure's clients.</summary>
    public static T WithDefaults<T>(this T client, AzureOptions options, HttpPipelineTransport transport, TimeProvider clock, bool retries = true)
        where T : ClientOptions
    {
        client.Transport = transport;
        client.Retry.NetworkTimeout = options.RequestTimeout;
        client.RetryPolicy = new BoundedRetryPolicy(retries ? options.MaxRetries : 0, options.RetryDelay, options.MaxRetryDelay, clock);
        client.Diagnostics.ApplicationId = "gatehouse";

        // Bodies carry source credentials and tokens.
        client.Diagnostics.IsLoggingContentEnabled = false;
        return client;
    }
}
