using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Http;

internal sealed class AzureClientOptions : ClientOptions
{
    public AzureClientOptions(AzureOptions options, HttpPipelineTransport transport, bool retries = true) => this.WithDefaults(options, transport, retries);
}
