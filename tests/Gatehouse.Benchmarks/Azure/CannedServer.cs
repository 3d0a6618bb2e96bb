using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>
/// Answers every request on loopback with the same bytes. One thread a connection and no allocation for a request, so that what is
/// allocated while it serves is its client's.
/// </summary>
internal sealed class CannedServer : IDisposable
{
    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthHeader = "content-length:"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;

    /// <param name="headers">Each ended by CRLF; the length is added.</param>
    public CannedServer(string status, string headers, string body)
    {
        _answer = Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        _listener.Start();
        Uri = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        Start(Accept);
    }

    public Uri Uri { get; }

    public void Dispose() => _listener.Dispose();

    private static void Start(Action work) => new Thread(() => Until(work)) { IsBackground = true }.Start();

    /// <summary>Until the other side, or this server, has gone.</summary>
    private static void Until(Action work)
    {
        try
        {
            work();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The end of a connection is how a connection ends.
        }
    }

    private void Accept()
    {
        while (true)
        {
            var socket = _listener.AcceptSocket();
            socket.NoDelay = true;
            Start(() => Serve(socket));
        }
    }

    private void Serve(Socket socket)
    {
        using (socket)
        {
            var (buffer, filled) = (new byte[64 * 1024], 0);
            while (socket.Receive(buffer.AsSpan(filled)) is > 0 and var received)
            {
                filled += received;
                if (LengthOf(buffer.AsSpan(0, filled)) == filled)
                {
                    socket.Send(_answer);
                    filled = 0;
                }
            }
        }
    }

    /// <summary>Of the request at the start, headers and body; -1 while its headers are not all there.</summary>
    private static int LengthOf(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf(EndOfHeaders);
        if (end < 0)
        {
            return -1;
        }

        var length = 0;
        var headers = request[..(end + 2)];
        for (var line = headers; line.IndexOf((byte)'\n') is >= 0 and var next; line = line[(next + 1)..])
        {
            if (Ascii.EqualsIgnoreCase(line[..Math.Min(line.Length, LengthHeader.Length)], LengthHeader))
            {
                foreach (var digit in line[LengthHeader.Length..next].Trim(" \r"u8))
                {
                    length = (length * 10) + (digit - '0');
                }
            }
        }

        return end + EndOfHeaders.Length + length;
    }
}
