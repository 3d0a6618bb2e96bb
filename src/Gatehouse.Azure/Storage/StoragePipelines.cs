using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Storage;

/// <summary>The pipelines to one storage account, signed in with Entra, or with Azurite's key.</summary>
internal sealed class StoragePipelines
{
    public StoragePipelines(
        IOptions<AzureOptions> azure,
        IOptions<AzureStorageOptions> storage,
        StorageAccount account,
        TokenCredential credential,
        HttpPipelineTransport transport,
        TimeProvider clock,
        ILogger<StoragePipelines> log)
    {
        var stamp = new StampPolicy(clock);
        HttpPipeline Build(bool retries, Action<SharedKey, Request> sign) => HttpPipelineBuilder.Build(
            new AzureClientOptions(azure.Value, transport, clock, retries),
            stamp,
            account.Key is { } key ? new SigningPolicy(request => sign(key, request)) : new FreshTokenPolicy(credential, storage.Value.Scope!, clock, log));

        TableReads = Build(retries: true, (key, request) => key.SignTable(request));
        TableOnce = Build(retries: false, (key, request) => key.SignTable(request));
        Queues = Build(retries: true, (key, request) => key.SignQueue(request));
        QueueOnce = Build(retries: false, (key, request) => key.SignQueue(request));
    }

    public HttpPipeline TableReads { get; }

    /// <summary>Without retries: the record store has to know that there was an earlier try. One that was refused for its token did nothing.</summary>
    public HttpPipeline TableOnce { get; }

    public HttpPipeline Queues { get; }

    /// <summary>Without retries: whoever asks whether the service is there wants to know now.</summary>
    public HttpPipeline QueueOnce { get; }

    /// <summary>The headers every storage request carries, anew for each try.</summary>
    private sealed class StampPolicy(TimeProvider clock) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            message.Request.Headers.SetValue("x-ms-version", "2020-12-06");
            message.Request.Headers.SetValue("x-ms-date", clock.GetUtcNow().ToString("R"));
        }
    }

    private sealed class SigningPolicy(Action<Request> sign) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) => sign(message.Request);
    }
}
