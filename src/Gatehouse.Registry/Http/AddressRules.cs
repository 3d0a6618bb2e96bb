using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Registry.Http;

/// <summary>Which addresses are whose. Source: IANA special-purpose address registries (RFC 6890 and updates).</summary>
internal static class AddressRules
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    // Nobody's registry lives here, but cloud metadata services do: 168.63.129.16 is Azure's, on a public-looking address.
    private static readonly IPNetwork[] NeverDialled =
    [
        .. new[] { "0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128" }
            .Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>127.0.0.0/8, [::1] and localhost: the only hosts spoken to without TLS.</summary>
    public static bool IsLoopbackHost(string host)
    {
        var bare = host.Trim('[', ']');
        return bare.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(bare, out var address) && IPAddress.IsLoopback(Unwrap(address)));
    }

    public static bool IsPublic(IPAddress address)
    {
        var bare = Unwrap(address);
        return !Array.Exists(NotPublic, network => network.Contains(bare)) && !IsNeverDialled(bare);
    }

    public static bool IsNeverDialled(IPAddress address)
    {
        var bare = Unwrap(address);
        return Array.Exists(NeverDialled, network => network.Contains(bare));
    }

    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(Unwrap(address));

    // An IPv4 address may hide in an IPv6 one: mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96), 6to4 (2002::/16).
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        if (bytes[0] == 0x20 && bytes[1] == 0x02)
        {
            return new IPAddress(bytes.AsSpan(2, 4));
        }

        var nat64 = bytes.AsSpan(0, 12).SequenceEqual<byte>([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]);
        var translated = bytes.AsSpan(0, 12).SequenceEqual<byte>([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0]);
        var compatible = bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && bytes.AsSpan(12, 3).IndexOfAnyExcept((byte)0) >= 0;
        return nat64 || translated || compatible ? new IPAddress(bytes.AsSpan(12, 4)) : address;
    }
}
