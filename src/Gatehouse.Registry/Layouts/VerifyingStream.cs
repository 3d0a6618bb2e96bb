using System.Security.Cryptography;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Layouts;

/// <summary>Hashes what passes and fails on the last read when it is not what the digest says. Reads forward only.</summary>
internal sealed class VerifyingStream(Stream inner, Digest digest) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
    private readonly long _length = inner.Length;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("A blob is read forward only.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        _position += read;
        if (_position >= _length && Convert.ToHexStringLower(_hash.GetCurrentHash()) != digest.Hex)
        {
            throw new BlobDigestException($"The blob's bytes do not hash to {digest}.");
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read blobs asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A blob is read forward only.");

    public override void SetLength(long value) => throw new NotSupportedException("A blob is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
