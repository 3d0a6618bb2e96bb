using System.Buffers;

namespace Gatehouse.Core.Streams;

/// <summary>Reads what others sent, up to a limit; longer is an error for the caller to name, never a cut.</summary>
public static class LimitedRead
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Everything in the stream; null when it holds more than <paramref name="limit"/> bytes.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ToEndAsync(Stream content, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var buffer = new MemoryStream();

        // Most answers are far shorter than a chunk, and there is one for every call we make.
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int read;
            while ((read = await content.ReadAsync(chunk, cancellationToken)) > 0)
            {
                if (buffer.Length + read > limit)
                {
                    return null;
                }

                buffer.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
