using System.IO.Compression;
using Gatehouse.Core.Streams;

namespace Gatehouse.Registry.Http;

/// <summary>A body is longer than what is read of it.</summary>
internal sealed class BodyTooLargeException(string message) : IOException(message);

/// <summary>Reads bodies up to a limit; longer is an error, never a cut.</summary>
internal static class BoundedBody
{
    /// <exception cref="BodyTooLargeException">The body, decompressed if it comes compressed, exceeds <paramref name="limit"/> bytes.</exception>
    /// <exception cref="InvalidDataException">The body's encoding is unknown, or broken.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        await using var raw = await content.ReadAsStreamAsync(cancellationToken);
        await using var body = Decoded(raw, content.Headers.ContentEncoding);
        return await ReadAsync(body, limit, cancellationToken);
    }

    public static async Task<byte[]> ReadAsync(Stream body, int limit, CancellationToken cancellationToken) =>
        (await LimitedRead.ToEndAsync(body, limit, cancellationToken))?.ToArray() ?? throw TooLarge(limit);

    /// <summary>As much as fits, for messages only.</summary>
    public static async Task<byte[]> ReadPrefixAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        await using var raw = await content.ReadAsStreamAsync(cancellationToken);
        await using var body = Decoded(raw, content.Headers.ContentEncoding);
        var buffer = new byte[limit];
        var read = await body.ReadAtLeastAsync(buffer, limit, throwOnEndOfStream: false, cancellationToken);
        return buffer[..read];
    }

    private static BodyTooLargeException TooLarge(int limit) => new($"The body exceeds {limit} bytes.");

    private static Stream Decoded(Stream raw, ICollection<string> encodings) => encodings.Count switch
    {
        0 => raw,
        1 => encodings.Single().ToLowerInvariant() switch
        {
            "identity" => raw,
            "gzip" or "x-gzip" => new GZipStream(raw, CompressionMode.Decompress),
            "deflate" => new ZLibStream(raw, CompressionMode.Decompress),
            "br" => new BrotliStream(raw, CompressionMode.Decompress),
            var other => throw new InvalidDataException($"The content encoding '{other}' was not asked for."),
        },
        _ => throw new InvalidDataException("The body has several content encodings."),
    };
}
