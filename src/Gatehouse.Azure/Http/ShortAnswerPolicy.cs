using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Core.Streams;

namespace Gatehouse.Azure.Http;

/// <summary>For clients of others, which read answers to their end: what exceeds <paramref name="maxBytes"/> is dropped, and the status has to do.</summary>
internal sealed class ShortAnswerPolicy(int maxBytes) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        if (message.Response.ContentStream is { } content)
        {
            var body = await LimitedRead.ToEndAsync(content, maxBytes, message.CancellationToken);
            await content.DisposeAsync();
            message.Response.ContentStream = new MemoryStream(body?.ToArray() ?? []);
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Calls are asynchronous here.");
}
