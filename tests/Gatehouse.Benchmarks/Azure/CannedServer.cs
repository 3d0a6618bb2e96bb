using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>
/// Answers every request on loopback for one path with the same bytes. One thread a connection and no allocation for a request, so that what
/// is allocated while it serves is its client's; with TLS, <see cref="SslStream"/>'s synchronous calls keep to that as well.
/// </summary>
internal sealed class CannedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SslServerAuthenticationOptions? _tls;
    private volatile CannedAnswer[] _answers = [];

    /// <param name="certificate">To speak TLS with; null for plain HTTP.</param>
    public CannedServer(X509Certificate2? certificate = null)
    {
        _tls = certificate is null ? null : new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        _listener.Start();
        Uri = new Uri($"{(_tls is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        Start(Accept);
    }

    public Uri Uri { get; }

    /// <summary>Adds an answer, which may name <see cref="Uri"/>; the first that matches a request is given.</summary>
    public CannedServer With(CannedAnswer answer)
    {
        _answers = [.. _answers, answer];
        return this;
    }

    public void Dispose() => _listener.Dispose();

    private static void Start(Action work) => new Thread(() => Until(work)) { IsBackground = true }.Start();

    /// <summary>Until the other side, or this server, has gone.</summary>
    private static void Until(Action work)
    {
        try
        {
            work();
        }
        catch (Exception gone) when (gone is SocketException or IOException or AuthenticationException or ObjectDisposedException)
        {
            // The end of a connection is how a connection ends; why a handshake failed, the client says.
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
        using var network = new NetworkStream(socket, ownsSocket: true);
        if (_tls is null)
        {
            Serve(network);
            return;
        }

        using var tls = new SslStream(network);
        tls.AuthenticateAsServer(_tls);
        Serve(tls);
    }

    private void Serve(Stream stream)
    {
        var (buffer, filled) = (new byte[64 * 1024], 0);
        while (stream.Read(buffer.AsSpan(filled)) is > 0 and var received)
        {
            filled += received;
            if (CannedRequest.LengthOf(buffer.AsSpan(0, filled)) == filled)
            {
                stream.Write(AnswerTo(CannedRequest.PathOf(buffer.AsSpan(0, filled))));
                filled = 0;
            }
        }
    }

    private ReadOnlySpan<byte> AnswerTo(ReadOnlySpan<byte> path)
    {
        foreach (var answer in _answers)
        {
            if (answer.IsTo(path))
            {
                return answer.Bytes;
            }
        }

        return CannedAnswer.NotFound.Bytes;
    }
}
