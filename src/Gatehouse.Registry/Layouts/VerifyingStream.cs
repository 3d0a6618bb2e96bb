using System.Security.Cryptography;
using Gatehouse.Core.Images;
using Gatehouse.Core.Streams;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Layouts;

/// <summary>Hashes what passes and fails on the last read when it is not what the digest says. Reads forward only.</summary>
internal sealed class VerifyingStream(Stream inner, Digest digest) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
    private readonly long _length = inner.Length;
    private long _position;

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
