using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Checkpoints;

/// <summary>Blobs that are created once. Source: Put Blob with <c>If-None-Match: *</c>; immutable storage for blob data.</summary>
internal sealed class CheckpointContainer(IOptions<AzureOptions> azure, IOptions<CheckpointContainerOptions> options, TokenCredential credential, HttpPipelineTransport transport, TimeProvider clock, ILogger<CheckpointContainer> log)
{
    /// <summary>Longest blob that is read back, in bytes.</summary>
    private const int MaxBytes = 64 * 1024;

    private readonly BlobContainerClient _client = Connect(azure.Value, options.Value, transport, clock, options.Value.Scope is { } scope ? new FreshTokenPolicy(credential, scope, clock, log) : null, log);

    /// <summary>A container in Azure has a policy that we could not give it: we never make one there.</summary>
    private readonly bool _mayMake = string.IsNullOrEmpty(options.Value.ContainerUri);

    public string Address(string blob) => _client.GetBlobClient(blob).Uri.GetLeftPart(UriPartial.Path);

    /// <exception cref="RequestFailedException">The service refused; 409 and 412 when there is a blob of that name.</exception>
    public async Task CreateAsync(string blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await UploadAsync(blob, content, cancellationToken);
        }
        catch (RequestFailedException missing) when (_mayMake && missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await UploadAsync(blob, content, cancellationToken);
        }
    }

    /// <summary>Null when it is longer than anything we write.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string blob, CancellationToken cancellationToken)
    {
        using var download = (await _client.GetBlobClient(blob).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
        return await LimitedRead.ToEndAsync(download.Content, MaxBytes, cancellationToken);
    }

    private async Task UploadAsync(string blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => await _client.GetBlobClient(blob).UploadAsync(
        BinaryData.FromBytes(content),
        new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = "text/plain; charset=utf-8" },
        },
        cancellationToken);

    private static BlobContainerClient Connect(AzureOptions azure, CheckpointContainerOptions options, HttpPipelineTransport transport, TimeProvider clock, FreshTokenPolicy? signIn, ILogger log)
    {
        var client = new BlobClientOptions().WithDefaults(azure, transport, clock);
        client.AddPolicy(new ClientFailureLog(log, clock), HttpPipelinePosition.PerCall);
        if (!string.IsNullOrEmpty(options.ContainerUri))
        {
            // Ours is the only sign-in: the client's own keeps a refused token, and takes its audience from the public cloud.
            client.AddPolicy(signIn ?? throw new InvalidOperationException($"{CheckpointContainerOptions.Section}:Scope is not set."), HttpPipelinePosition.PerRetry);
            return new BlobContainerClient(new Uri(options.ContainerUri), client);
        }

        var account = BlobAccount.TryParse(options.ConnectionString ?? string.Empty) ?? throw new InvalidOperationException($"{CheckpointContainerOptions.Section}:ConnectionString is not usable.");
        return new BlobContainerClient(new Uri($"{account.Blobs.AbsoluteUri.TrimEnd('/')}/{options.Container}"), account.Key, client);
    }
}
