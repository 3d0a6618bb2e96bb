using System.Buffers;
using System.Security.Cryptography;
using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Storage;

/// <summary>A blob on its way to disk, hashed as it is written.</summary>
internal sealed class BlobWriter(BlobStore store, string path) : IAsyncDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly FileStream _file = new(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, BufferSize = 0 });
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _adopted;

    /// <summary>Bytes written and hashed.</summary>
    public long Length { get; private set; }

    public async Task AppendAsync(Stream source, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken)) > 0)
            {
                await Append(buffer.AsMemory(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Not cancelled in between: file, hash and length stay in step, so that an interrupted upload can be resumed.
        async ValueTask Append(ReadOnlyMemory<byte> chunk)
        {
            _file.Position = Length;
            await _file.WriteAsync(chunk, CancellationToken.None);
            _hash.AppendData(chunk.Span);
            Length += chunk.Length;
        }
    }

    /// <summary>Gives the blob its name. False when the bytes do not hash to <paramref name="expected"/>.</summary>
    public async Task<bool> CommitAsync(Digest expected, CancellationToken cancellationToken)
    {
        if (await ActualAsync(expected.Algorithm, cancellationToken) != expected.Hex)
        {
            return false;
        }

        await _file.DisposeAsync();
        store.Adopt(path, expected);
        _adopted = true;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _hash.Dispose();
        if (!_adopted)
        {
            File.Delete(path);
        }
    }

    private async Task<string> ActualAsync(string algorithm, CancellationToken cancellationToken)
    {
        if (algorithm == "sha256")
        {
            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }

        _file.Position = 0;
        return Convert.ToHexStringLower(await SHA512.HashDataAsync(_file, cancellationToken));
    }
}
