using System.Security.Cryptography;
using Gatehouse.Core.Streams;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Blobs;

/// <summary>
/// Reads a blob forward only: hashes what it hands out, picks up where a connection broke, and fails on a wrong digest before the
/// last bytes are handed out when the size is known, or else at the end.
/// </summary>
internal sealed class BlobStream : ForwardStream
{
    private readonly IBlobSource _source;
    private readonly IncrementalHash? _hash;
    private readonly byte[] _skipped = new byte[8192];
    private readonly long? _total;
    private BlobPart? _part;
    private long _position;
    private long _skip;
    private int _resumes;
    private bool _verified;

    public BlobStream(IBlobSource source, BlobPart part, long offset)
    {
        (_source, _part, _position, _total, _skip) = (source, part, offset, part.Total, part.Skip);
        _hash = offset == 0 ? IncrementalHash.CreateHash(source.Digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256) : null;
    }

    public override long Length => _total ?? throw new NotSupportedException("The size is not known.");

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("A blob is read forward only.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_position == _total)
        {
            Verify();
            return 0;
        }

        while (true)
        {
            var (read, broken) = await TryReadAsync(buffer, cancellationToken);
            if (broken is null)
            {
                return Accept(buffer.Span[..read]);
            }

            await ResumeAsync(broken, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _part?.Dispose();
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Bytes for the caller, or why the connection is of no more use.</summary>
    private async ValueTask<(int Read, Exception? Broken)> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_total - _position is { } left && buffer.Length > left)
        {
            buffer = buffer[..(int)left];
        }

        using var idle = new CancellationTokenSource(_source.IdleTimeout, _source.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            while (_skip > 0)
            {
                var passed = await _part!.Stream.ReadAsync(_skipped.AsMemory(0, (int)Math.Min(_skip, _skipped.Length)), both.Token);
                if (passed == 0)
                {
                    return (0, new EndOfStreamException("the blob ended before the bytes that were read already"));
                }

                _skip -= passed;
                idle.CancelAfter(_source.IdleTimeout);
            }

            var read = await _part!.Stream.ReadAsync(buffer, both.Token);
            return read == 0 && _total is not null ? (0, new EndOfStreamException("the connection ended early")) : (read, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (0, new TimeoutException($"nothing came for {_source.IdleTimeout}"));
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (0, e);
        }
    }

    private async Task ResumeAsync(Exception broken, CancellationToken cancellationToken)
    {
        _part?.Dispose();
        _part = null;
        if (++_resumes > _source.MaxResumes)
        {
            throw new IOException($"Reading {_source.Digest} broke off at byte {_position}, after {_source.MaxResumes} resumes: {broken.Message}", broken);
        }

        var resumed = await _source.ResumeAsync(_position, _resumes, broken.Message, cancellationToken);
        if (!resumed.TryGet(out var part, out var failure))
        {
            throw new IOException($"Reading {_source.Digest} broke off at byte {_position} and could not go on: {failure}", broken);
        }

        (_part, _skip) = (part, part.Skip);
        if (part.Total is not null && _total is not null && part.Total != _total)
        {
            throw new BlobDigestException($"The blob {_source.Digest} was {_total} bytes long and is now {part.Total}.");
        }
    }

    private int Accept(ReadOnlySpan<byte> bytes)
    {
        _position += bytes.Length;
        if (_position > _source.MaxBytes)
        {
            throw new BlobDigestException($"The blob {_source.Digest} exceeds {_source.MaxBytes} bytes.");
        }

        _hash?.AppendData(bytes);
        if (bytes.IsEmpty || _position == _total)
        {
            Verify();
        }

        return bytes.Length;
    }

    private void Verify()
    {
        if (_verified || _hash is null)
        {
            return;
        }

        var hex = Convert.ToHexStringLower(_hash.GetCurrentHash());
        if (hex != _source.Digest.Hex)
        {
            throw new BlobDigestException($"The blob's bytes hash to {_source.Digest.Algorithm}:{hex}, not to {_source.Digest}.");
        }

        _verified = true;
    }
}
