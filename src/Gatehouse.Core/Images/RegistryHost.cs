using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Gatehouse.Core.Images;

/// <summary>The host, with an optional port, of a registry. One host has one spelling, or a policy's deny list could be walked around.</summary>
internal static partial class RegistryHost
{
    private const string HttpsPort = ":443";

    /// <summary>Lower case; an IPv6 address in its shortest form; no port 443, which https means anyway, but on loopback, where plain http may be spoken.</summary>
    public static string Normalise(string host)
    {
        var lower = host.ToLowerInvariant();
        if (lower.StartsWith('[') && lower.IndexOf(']', StringComparison.Ordinal) is var end and > 0 && IsV6(lower.AsSpan(1, end - 1), out var address))
        {
            lower = $"[{address}]{lower[(end + 1)..]}";
        }

        return lower.EndsWith(HttpsPort, StringComparison.Ordinal) && lower[..^HttpsPort.Length] is var bare && IsWholeWithoutPort(bare) && !IsLoopback(bare)
            ? bare
            : lower;
    }

    public static bool IsValid(string host)
    {
        if (host.Length > ImageReference.MaxNameLength || Pattern().Match(host) is not { Success: true } match)
        {
            return false;
        }

        if (match.Groups["port"] is { Success: true } port && (port.ValueSpan[0] == '0' || int.Parse(port.ValueSpan, NumberStyles.None) > ushort.MaxValue))
        {
            return false;
        }

        if (match.Groups["v6"] is { Success: true } v6)
        {
            return IsV6(v6.ValueSpan, out _);
        }

        // A name that ends in a number is an address to every URL parser (127.1, 0x7f000001); only the usual form is taken.
        var name = match.Groups["name"].Value;
        return !EndsInNumber(name) || (IPAddress.TryParse(name, out var address) && address.ToString() == name);
    }

    private static bool IsV6(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>
    /// Whether the host can do without its port. A host of one word would then read as the first part of a repository on Docker Hub;
    /// and one that still has a port had two, and would become a second spelling of a host in place of being refused.
    /// </summary>
    private static bool IsWholeWithoutPort(string bare) =>
        bare.EndsWith(']') || (bare.Contains('.', StringComparison.Ordinal) && !bare.Contains(':', StringComparison.Ordinal));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool EndsInNumber(string name)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.Ordinal) && last[2..].All(char.IsAsciiHexDigit));
    }

    [GeneratedRegex(@"\A(?:(?<name>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)|\[(?<v6>[0-9a-f:.]+)\])(?::(?<port>[0-9]{1,5}))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
