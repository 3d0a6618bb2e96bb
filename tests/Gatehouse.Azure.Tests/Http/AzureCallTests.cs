using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Tests.Http;

public class AzureCallTests
{
    /// <summary>Azure.Core then throws all tries' failures together, the cancellation among them.</summary>
    [Fact]
    public async Task Send_CancelledAtASecondTry_IsCancelledAndNoAnswer()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var handler = new FailingHandler(stop);
        var options = new AzureOptions { MaxRetries = 3, RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(2) };
        var pipeline = HttpPipelineBuilder.Build(new AzureClientOptions(options, new HttpClientTransport(handler), TimeProvider.System));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.SendAsync(request => request.Uri.Reset(new Uri("https://service.example/")), stop.Token));
        Assert.Equal(2, handler.Calls);
    }

    /// <summary>Loses the first connection, and is waiting for the second answer when the caller gives up.</summary>
    private sealed class FailingHandler(CancellationTokenSource stop) : HttpMessageHandler
    {
        public int Calls { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (++Calls > 1)
            {
                await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            throw new HttpRequestException("connection lost");
        }
    }
}
