using System.Net;
using Gatehouse.Registry.Options;

namespace Gatehouse.Registry.Http;

/// <summary>Where a registry may be, and where it may send its clients.</summary>
/// <param name="mayBePrivate">An operator named the registry; what people name in requests must be at a public address, whatever it redirects to.</param>
internal sealed class RedirectRules(RegistryAddress registry, UpstreamOptions? upstream, bool mayBePrivate)
{
    /// <summary>Why <paramref name="target"/> must not be followed; null when it may.</summary>
    public string? Objection(Uri target)
    {
        if (target.UserInfo.Length > 0)
        {
            return "the redirect's URL carries credentials";
        }

        var loopback = AddressRules.IsLoopbackHost(target.Host);
        if (loopback && registry.IsLoopback)
        {
            return target.Scheme is "http" or "https" ? null : $"the redirect leads to a {target.Scheme} URL";
        }

        if (target.Scheme != Uri.UriSchemeHttps)
        {
            return $"the redirect leads to a {target.Scheme} URL; only https is followed";
        }

        var forbidden = loopback || (IPAddress.TryParse(target.Host.Trim('[', ']'), out var address) && !AddressRules.IsPublic(address));
        return forbidden && !IsRegistry(target) ? $"the redirect leads to {target.Host}, which is not a public address" : null;
    }

    /// <summary>Whether only public addresses may be connected to for <paramref name="target"/>.</summary>
    public bool PublicOnly(Uri target) => !mayBePrivate
        || (!IsRegistry(target)
            && !(registry.IsLoopback && AddressRules.IsLoopbackHost(target.Host))
            && !IsOwnDataEndpoint(target.Host)
            && upstream?.PrivateHosts.Any(pattern => Matches(pattern, target.Host)) != true);

    public bool IsRegistry(Uri target) => target.Scheme == registry.BaseUri.Scheme && target.Authority == registry.BaseUri.Authority;

    // A registry behind a private endpoint serves blobs from {name}.{region}.data.azurecr.io, at a private address too (ACR dedicated data endpoints).
    private bool IsOwnDataEndpoint(string target)
    {
        var name = registry.BaseUri.Host.Split('.')[0];
        return registry.BaseUri.Host.EndsWith(".azurecr.io", StringComparison.Ordinal)
            && target.StartsWith(name + ".", StringComparison.Ordinal)
            && target.EndsWith(".data.azurecr.io", StringComparison.Ordinal)
            && target.Split('.').Length == 5;
    }

    private static bool Matches(string pattern, string host) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
