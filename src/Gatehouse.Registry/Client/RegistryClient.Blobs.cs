using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Blobs;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Telemetry;

namespace Gatehouse.Registry.Client;

internal sealed partial class RegistryClient
{
    public async Task<RegistryResult<long>> HeadBlobAsync(string repository, Digest digest, CancellationToken cancellationToken) =>
        ObjectionTo(repository)
        ?? await _transport.SendAsync<long>(BlobCall(HttpMethod.Head, repository, digest, 0), (response, _) => Task.FromResult(ReadSize(response)), cancellationToken);

    public async Task<RegistryResult<BlobContent>> OpenBlobAsync(string repository, Digest digest, long offset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (ObjectionTo(repository) is { } objection)
        {
            return objection;
        }

        var opened = await OpenPartAsync(repository, digest, offset, cancellationToken);
        if (!opened.TryGet(out var part, out var failure))
        {
            return failure;
        }

        var stream = new BlobStream(new BlobSource(this, repository, digest), part, offset);
        return new BlobContent(stream, part.Total - offset);
    }

    private static RegistryResult<long> ReadSize(HttpResponseMessage response) => response.Content.Headers.ContentLength is { } size
        ? size
        : Failures.Untrustworthy(LineOf(response), "HEAD of a blob did not say its size");

    private static RegistryCall BlobCall(HttpMethod method, Uri uri, string repository, long offset) =>
        new(method, uri, PullScope(repository)) { Accept = ["*/*"], Offset = offset, Streams = method == HttpMethod.Get };

    private RegistryCall BlobCall(HttpMethod method, string repository, Digest digest, long offset) =>
        BlobCall(method, Path(repository, "blobs/" + digest), repository, offset);

    private Task<RegistryResult<BlobPart>> OpenPartAsync(string repository, Digest digest, long offset, CancellationToken cancellationToken) =>
        _transport.SendAsync(BlobCall(HttpMethod.Get, repository, digest, offset), (response, token) => ReadPartAsync(response, offset, token), cancellationToken);

    private async Task<RegistryResult<BlobPart>> ReadPartAsync(HttpResponseMessage response, long offset, CancellationToken cancellationToken)
    {
        var (length, range) = (response.Content.Headers.ContentLength, response.Content.Headers.ContentRange);
        long? total;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            if (range?.From != offset)
            {
                return Failures.Untrustworthy(LineOf(response), $"asked for bytes from {offset}, answered with '{range}'", response.StatusCode);
            }

            total = range.Length ?? (length is null ? null : offset + length);
        }
        else
        {
            total = length;
        }

        if (total > _options.MaxBlobBytes || total < offset)
        {
            return Failures.Untrustworthy(LineOf(response), $"the blob's size of {total} bytes is not between {offset} and {_options.MaxBlobBytes}", response.StatusCode);
        }

        // A server that ignores Range sends everything, and the stream passes over what was read before.
        var skip = response.StatusCode == HttpStatusCode.PartialContent ? 0 : offset;
        return new BlobPart(response, await response.Content.ReadAsStreamAsync(cancellationToken), total, skip);
    }

    /// <summary>Where a <see cref="BlobStream"/> gets its bytes, again if need be.</summary>
    private sealed class BlobSource(RegistryClient client, string repository, Digest digest) : IBlobSource
    {
        public Digest Digest => digest;

        public long MaxBytes => client._options.MaxBlobBytes;

        public int MaxResumes => client._options.MaxBlobResumes;

        public TimeProvider Clock => client._clock;

        public TimeSpan IdleTimeout => client._options.BlobIdleTimeout;

        public async Task<RegistryResult<BlobPart>> ResumeAsync(long offset, int resume, string reason, CancellationToken cancellationToken)
        {
            Log.BlobResumed(client._log, digest.ToString(), client.Host, offset, reason);
            var line = client.BlobCall(HttpMethod.Get, repository, digest, offset).Line;
            var broken = Failures.Unavailable(line, reason);

            // The first resume is one retry like any other: it waits its turn and draws on the host's budget.
            return await client._transport.WaitForRetryAsync(broken, Math.Min(resume, Math.Max(1, client._options.MaxRetries)), cancellationToken)
                ? await client.OpenPartAsync(repository, digest, offset, cancellationToken)
                : broken;
        }
    }
}
