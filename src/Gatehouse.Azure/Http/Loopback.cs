using System.Net;

namespace Gatehouse.Azure.Http;

internal static class Loopback
{
    /// <summary>A loopback address, <c>localhost</c>, or a name below it. Source: RFC 6761 section 6.3.</summary>
    public static bool IsHost(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? IPAddress.IsLoopback(address)
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
