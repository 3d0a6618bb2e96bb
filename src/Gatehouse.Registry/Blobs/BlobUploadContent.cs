using System.Net;
using Gatehouse.Core.Images;

namespace Gatehouse.Registry.Blobs;

/// <summary>Opens its source when it is sent, so that it can be sent again, and holds nothing in memory.</summary>
internal sealed class BlobUploadContent : HttpContent
{
    private readonly Func<CancellationToken, ValueTask<Stream>> _open;
    private readonly Descriptor _blob;

    public BlobUploadContent(Func<CancellationToken, ValueTask<Stream>> open, Descriptor blob)
    {
        (_open, _blob) = (open, blob);
        Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var source = await _open(cancellationToken);
        var buffer = new byte[64 * 1024];
        for (var left = _blob.Size; left > 0;)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"The source of {_blob.Digest} ended {left} bytes before its size of {_blob.Size}.");
            }

            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _blob.Size;
        return true;
    }
}
