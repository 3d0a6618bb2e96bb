using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Http;

namespace Gatehouse.Registry.Blobs;

/// <summary>Small blobs, read whole.</summary>
public static class BlobReads
{
    /// <summary>Reads and verifies a blob of at most <paramref name="limit"/> bytes, which must be as large as its descriptor says.</summary>
    public static async Task<RegistryResult<ReadOnlyMemory<byte>>> ReadBlobAsync(
        this IRegistryClient client, string repository, Descriptor blob, int limit, CancellationToken cancellationToken)
    {
        var line = $"GET {client.Host}/{repository}@{blob.Digest}";
        if (blob.Size > limit)
        {
            return Failures.Untrustworthy(line, $"the blob has {blob.Size} bytes; at most {limit} are read");
        }

        var opened = await client.OpenBlobAsync(repository, blob.Digest, 0, cancellationToken);
        if (!opened.TryGet(out var content, out var failure))
        {
            return failure;
        }

        await using (content)
        {
            try
            {
                var bytes = await BoundedBody.ReadAsync(content.Stream, (int)Math.Min(limit, blob.Size), cancellationToken);
                return bytes.LongLength == blob.Size
                    ? (ReadOnlyMemory<byte>)bytes
                    : Failures.Untrustworthy(line, $"the blob has {bytes.LongLength} bytes, its descriptor says {blob.Size}");
            }
            catch (Exception e) when (TransportFaults.Explain(e, line, cancellationToken) is { } fault)
            {
                return fault.Failure;
            }
        }
    }
}
