using Gatehouse.Core.Streams;

namespace Gatehouse.Local.Scanning;

/// <summary>Reads at most so many bytes; one more is an error, never a silent cut.</summary>
internal sealed class CappedStream(Stream inner, long limit) : ForwardStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    private int Count(int read) => (_read += read) <= limit
        ? read
        : throw new InvalidDataException($"The content exceeds {limit} bytes uncompressed.");
}
