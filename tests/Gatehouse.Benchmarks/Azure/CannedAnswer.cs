using System.Text;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>The bytes that a path is answered with, made once.</summary>
internal sealed class CannedAnswer
{
    private readonly byte[]? _path;
    private readonly byte[] _bytes;

    /// <param name="path">Without the query; null for every path.</param>
    /// <param name="headers">Each ended by CRLF; the length is added.</param>
    public CannedAnswer(string? path, string status, string headers, string body)
    {
        _path = path is null ? null : Encoding.ASCII.GetBytes(path);
        _bytes = Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    public static CannedAnswer NotFound { get; } = new(null, "404 Not Found", string.Empty, string.Empty);

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static CannedAnswer Json(string path, string headers, string body) => new(path, "200 OK", $"Content-Type: application/json; charset=utf-8\r\n{headers}", body);

    public bool IsTo(ReadOnlySpan<byte> path) => _path is null || path.SequenceEqual(_path);
}
