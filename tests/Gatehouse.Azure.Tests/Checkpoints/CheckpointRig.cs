using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Checkpoints;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Ledger.Publishing;
using static Microsoft.Extensions.Options.Options;

namespace Gatehouse.Azure.Tests.Checkpoints;

internal static class CheckpointRig
{
    public const string ContainerUri = "https://account.blob.core.windows.net/checkpoints";

    public static PublishedCheckpoint Checkpoint(long size, string note = "a note\n") => new("gatehouse", size, note, [1, 2, 3]);

    /// <summary>As in Azure: Entra, and a container that is there.</summary>
    public static BlobCheckpointPublisher InAzure(Uri server, TokenCredential? credential = null, LogRecorder? logs = null) =>
        Publisher(new CheckpointContainerOptions { ContainerUri = ContainerUri, Scope = "https://storage.azure.com/.default" }, credential ?? new StubCredential(), new HttpClientTransport(new RewritingHandler(server)), logs);

    public static BlobCheckpointPublisher OnAzurite(string connection, string container) =>
        Publisher(new CheckpointContainerOptions { ConnectionString = connection, Container = container }, new StubCredential(), new HttpClientTransport());

    private static BlobCheckpointPublisher Publisher(CheckpointContainerOptions options, TokenCredential credential, HttpPipelineTransport transport, LogRecorder? logs = null)
    {
        var azure = new AzureOptions { MaxRetries = 2, RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(2) };
        return new BlobCheckpointPublisher(new CheckpointContainer(Create(azure), Create(options), credential, transport, TimeProvider.System, (logs ?? new LogRecorder()).Create<CheckpointContainer>()), TimeProvider.System);
    }
}
