using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Ledger.Publishing;

namespace Gatehouse.Azure.Checkpoints;

/// <summary>
/// Publishes each checkpoint as <c>{origin}/checkpoints/{size}</c> and, before the first that it signs, each key as
/// <c>{origin}/keys/{SHA-256}.pem</c>. Every blob is created, never replaced; one that is there is compared.
/// </summary>
internal sealed class BlobCheckpointPublisher(CheckpointContainer container, TimeProvider clock) : ICheckpointPublisher
{
    private string? _keyThere;

    public async Task<PublicationOutcome> PublishAsync(PublishedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(checkpoint.PublicKey));
        if (_keyThere != fingerprint)
        {
            var pem = PemEncoding.WriteString("PUBLIC KEY", checkpoint.PublicKey) + "\n";
            if (await CreateAsync($"{checkpoint.Origin}/keys/{fingerprint}.pem", pem, cancellationToken) is var kept and not PublicationOutcome.Published)
            {
                return kept;
            }

            _keyThere = fingerprint;
        }

        return await CreateAsync(string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Origin}/checkpoints/{checkpoint.Size:D20}"), checkpoint.Note, cancellationToken);
    }

    private async Task<PublicationOutcome> CreateAsync(string blob, string text, CancellationToken cancellationToken)
    {
        var content = Encoding.UTF8.GetBytes(text);
        try
        {
            await container.CreateAsync(blob, content, cancellationToken);
            return new PublicationOutcome.Published();
        }
        catch (RequestFailedException there) when (there.Status is 409 or 412)
        {
            return await CompareAsync(blob, content, there, cancellationToken);
        }
        catch (Exception exception) when (FailureOf(blob, exception, cancellationToken) is { } failed)
        {
            return failed;
        }
    }

    /// <summary>An earlier try whose reply was lost wrote the same; anything else is another history.</summary>
    private async Task<PublicationOutcome> CompareAsync(string blob, byte[] content, RequestFailedException there, CancellationToken cancellationToken)
    {
        try
        {
            return await container.ReadAsync(blob, cancellationToken) is { } found && found.Span.SequenceEqual(content)
                ? new PublicationOutcome.Published()
                : new PublicationOutcome.Forked(container.Address(blob));
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return Failed(blob, there);
        }
        catch (Exception exception) when (FailureOf(blob, exception, cancellationToken) is { } failed)
        {
            return failed;
        }
    }

    private PublicationOutcome.Failed? FailureOf(string blob, Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException { Status: > 0 } answered => Failed(blob, answered),
        _ when AzureCall.FaultOf(exception, cancellationToken) is { } fault => new PublicationOutcome.Failed($"{container.Address(blob)}: {fault.Message}"),
        _ => null,
    };

    private PublicationOutcome.Failed Failed(string blob, RequestFailedException answered) => new(
        $"{container.Address(blob)}: status {answered.Status} ({answered.ErrorCode}){Remedy(answered)}{CallIds.Of(answered)}.");

    private string Remedy(RequestFailedException answered) => answered switch
    {
        { Status: 429 or 503 } when answered.GetRawResponse() is { } raw && RetryAfterHeader.Read(raw, clock) is { } wait => $"; it wants to be left alone for {wait.TotalSeconds:0} seconds",
        { Status: 403 } => "; our identity needs the role 'Storage Blob Data Contributor' on the container",
        _ when answered.ErrorCode == BlobErrorCode.ContainerNotFound => $"; there is no such container, {CheckpointContainerOptions.Section}:ContainerUri names it",
        _ => string.Empty,
    };
}
