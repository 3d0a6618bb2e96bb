using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Registry.Http;

/// <summary>A host resolves to an address that must not be connected to.</summary>
internal sealed class ForbiddenAddressException(string message) : IOException(message);

/// <summary>Looks up names; tests answer for hosts they do not own.</summary>
internal delegate Task<IPAddress[]> NameLookup(string host, CancellationToken cancellationToken);

/// <summary>Opens connections only to addresses it has checked, so that a name cannot resolve to another between check and use.</summary>
internal sealed class GuardedDialer(NameLookup lookup, bool publicOnly)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await lookup(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, $"The host '{host}' has no address.");
        }

        foreach (var address in addresses)
        {
            Check(host, address);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connected = false;
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            connected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        finally
        {
            if (!connected)
            {
                socket.Dispose();
            }
        }
    }

    private void Check(string host, IPAddress address)
    {
        if (AddressRules.IsNeverDialled(address) || (publicOnly && !AddressRules.IsPublic(address)))
        {
            throw new ForbiddenAddressException($"The host '{host}' resolves to {address}, which is not a public address; only registries that are configured may be there.");
        }

        // A public name that points at this machine is an attack on what listens here, not a registry.
        if (AddressRules.IsLoopback(address) && !AddressRules.IsLoopbackHost(host))
        {
            throw new ForbiddenAddressException($"The host '{host}' resolves to {address}, a loopback address.");
        }
    }
}
