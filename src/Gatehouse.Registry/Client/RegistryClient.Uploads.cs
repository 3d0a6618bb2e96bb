using System.Buffers;
using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Blobs;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Telemetry;

namespace Gatehouse.Registry.Client;

/// <summary>Source: OCI distribution-spec "Pushing blobs". A failed upload starts over: its session may or may not have advanced.</summary>
internal sealed partial class RegistryClient
{
    /// <summary>No registry may make a chunk, which is held in memory, larger than this.</summary>
    private const int MaxChunkBytes = 128 * 1024 * 1024;

    private sealed record UploadSession(Uri Location, int ChunkBytes);

    public async Task<RegistryResult<bool>> PushBlobAsync(string repository, Descriptor blob, Func<CancellationToken, ValueTask<Stream>> open, CancellationToken cancellationToken)
    {
        if (ObjectionTo(repository) is { } objection)
        {
            return objection;
        }

        for (var restart = 1; ; restart++)
        {
            var head = BlobCall(HttpMethod.Head, repository, blob.Digest, 0) with { Scope = PushScope(repository) };
            var present = await _transport.SendAsync(head, Yes, cancellationToken);
            if (present.TryGet(out _, out var failure))
            {
                return restart > 1;
            }

            if (failure.Kind != RegistryFailureKind.NotFound)
            {
                return failure;
            }

            var uploaded = await UploadAsync(repository, blob, open, cancellationToken);
            if (uploaded.TryGet(out _, out failure))
            {
                return true;
            }

            var lost = failure.Kind == RegistryFailureKind.Unavailable || failure.Codes?.Contains("BLOB_UPLOAD_UNKNOWN") == true;
            if (!lost || !await _transport.WaitForRetryAsync(failure, restart, cancellationToken))
            {
                return failure;
            }

            Log.UploadRestarted(_log, blob.Digest.ToString(), Host, failure.Explanation);
        }
    }

    public async Task<RegistryResult<bool>> MountBlobAsync(string repository, Digest digest, string fromRepository, CancellationToken cancellationToken)
    {
        if ((ObjectionTo(repository) ?? ObjectionTo(fromRepository)) is { } objection)
        {
            return objection;
        }

        var query = $"blobs/uploads/?mount={Uri.EscapeDataString(digest.ToString())}&from={Uri.EscapeDataString(fromRepository)}";
        var call = new RegistryCall(HttpMethod.Post, Path(repository, query), $"{PullScope(fromRepository)} {PushScope(repository)}") { Content = Nothing };
        return await _transport.SendAsync<bool>(call, (response, _) => Task.FromResult<RegistryResult<bool>>(response.StatusCode == HttpStatusCode.Created), cancellationToken);
    }

    private async Task<RegistryResult<bool>> UploadAsync(string repository, Descriptor blob, Func<CancellationToken, ValueTask<Stream>> open, CancellationToken cancellationToken)
    {
        var start = new RegistryCall(HttpMethod.Post, Path(repository, "blobs/uploads/"), PushScope(repository)) { Content = Nothing };
        var started = await _transport.SendAsync(start, (response, _) => Task.FromResult(ReadSession(response)), cancellationToken);
        if (!started.TryGet(out var session, out var failure))
        {
            return failure;
        }

        if (blob.Size <= session.ChunkBytes)
        {
            return await FinishAsync(repository, session.Location, blob.Digest, () => new BlobUploadContent(open, blob), cancellationToken);
        }

        var sent = await SendChunksAsync(repository, session, blob, open, cancellationToken);
        return sent.TryGet(out var location, out failure) ? await FinishAsync(repository, location, blob.Digest, Nothing, cancellationToken) : failure;
    }

    private async Task<RegistryResult<Uri>> SendChunksAsync(
        string repository, UploadSession session, Descriptor blob, Func<CancellationToken, ValueTask<Stream>> open, CancellationToken cancellationToken)
    {
        var location = session.Location;
        var chunk = ArrayPool<byte>.Shared.Rent(session.ChunkBytes);
        try
        {
            await using var source = await open(cancellationToken);
            for (long position = 0; position < blob.Size;)
            {
                var want = (int)Math.Min(session.ChunkBytes, blob.Size - position);
                await source.ReadExactlyAsync(chunk.AsMemory(0, want), cancellationToken);
                var call = ChunkCall(repository, location, chunk, position, want);
                var sent = await _transport.SendAsync(call, (response, _) => Task.FromResult(ReadSession(response)), cancellationToken);
                if (!sent.TryGet(out var next, out var failure))
                {
                    return failure;
                }

                (location, position) = (next.Location, position + want);
            }

            return location;
        }
        catch (Exception e) when (TransportFaults.Explain(e, Failures.Line(HttpMethod.Patch, location), cancellationToken) is { } fault)
        {
            // The source broke, not the registry; starting over reads it anew.
            return fault.Failure;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static RegistryCall ChunkCall(string repository, Uri location, byte[] chunk, long position, int count) =>
        new(HttpMethod.Patch, location, PushScope(repository))
        {
            Repeatable = false,
            Content = () =>
            {
                var content = new ByteArrayContent(chunk, 0, count);
                content.Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
                // The specification's own form: start-end, without unit and total.
                content.Headers.TryAddWithoutValidation("Content-Range", $"{position}-{position + count - 1}");
                return content;
            },
        };

    private async Task<RegistryResult<bool>> FinishAsync(string repository, Uri location, Digest digest, Func<HttpContent> content, CancellationToken cancellationToken)
    {
        var uri = new Uri(location.AbsoluteUri + (location.Query.Length > 0 ? "&" : "?") + "digest=" + Uri.EscapeDataString(digest.ToString()));
        var call = new RegistryCall(HttpMethod.Put, uri, PushScope(repository)) { Content = content, Repeatable = false };
        return await _transport.SendAsync<bool>(
            call,
            (response, _) => Task.FromResult<RegistryResult<bool>>(DigestText(response) is { } text && text != digest.ToString() && text.StartsWith(digest.Algorithm, StringComparison.Ordinal)
                ? Failures.Untrustworthy(call.Line, $"the registry stored '{text}', but {digest} was sent")
                : true),
            cancellationToken);
    }

    private RegistryResult<UploadSession> ReadSession(HttpResponseMessage response)
    {
        var from = response.RequestMessage!.RequestUri!;
        if (response.Headers.Location is not { } relative || !Uri.TryCreate(from, relative, out var location) || !IsHere(location))
        {
            return Failures.Untrustworthy(LineOf(response), "the upload's Location is missing, or not on this registry", response.StatusCode);
        }

        var least = response.Headers.NonValidated.TryGetValues("OCI-Chunk-Min-Length", out var values) && int.TryParse(values.ToString(), out var bytes) ? bytes : 0;
        return least > MaxChunkBytes
            ? Failures.Refused(LineOf(response), $"the registry wants chunks of at least {least} bytes; at most {MaxChunkBytes} are sent")
            : new UploadSession(location, Math.Max(_options.UploadChunkBytes, least));
    }

    private static ByteArrayContent Nothing() => new([]);
}
