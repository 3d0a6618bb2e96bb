using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

/// <summary>The <see cref="FailureLog"/> of clients of others, which do not end in <see cref="AzureCall"/>. Once a call, after its retries.</summary>
internal sealed class ClientFailureLog(ILogger log, TimeProvider clock) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        message.SetProperty(typeof(FailureLog), log);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception exception) when (AzureCall.FaultOf(exception, message.CancellationToken) is { } fault)
        {
            FailureLog.Report(message, new AzureAnswer(0, default, null, null, fault) { ClientRequestId = message.Request.ClientRequestId });
            throw;
        }

        FailureLog.Report(message, Read(message));
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Calls are asynchronous here.");

    /// <summary>A body that is still on its way is left to the client.</summary>
    private AzureAnswer Read(HttpMessage message)
    {
        var response = message.Response;
        var body = response.ContentStream is MemoryStream ? response.Content.ToMemory() : default;
        return new AzureAnswer(response.Status, body, RetryAfterHeader.Read(response, clock), null)
        {
            Headers = response.Headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase),
            ClientRequestId = message.Request.ClientRequestId,
        };
    }
}
