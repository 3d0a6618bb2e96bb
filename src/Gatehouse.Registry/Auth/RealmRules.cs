using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;

namespace Gatehouse.Registry.Auth;

internal enum RealmTrust
{
    /// <summary>Nothing is sent there.</summary>
    Refused,

    /// <summary>May be asked for an anonymous token, at a public address.</summary>
    AnonymousOnly,

    /// <summary>May be given the upstream's credentials.</summary>
    Trusted,
}

/// <summary>Where token requests may go. The challenge names the realm, so whoever answers for the registry chooses it.</summary>
internal static class RealmRules
{
    // Realms of registries that keep them on another host, as their challenges name them.
    private static readonly Dictionary<string, string> WellKnown = new()
    {
        ["docker.io"] = "https://auth.docker.io/token",
        ["registry.gitlab.com"] = "https://gitlab.com/jwt/auth",
        ["us.gcr.io"] = "https://gcr.io/v2/token",
        ["eu.gcr.io"] = "https://gcr.io/v2/token",
        ["asia.gcr.io"] = "https://gcr.io/v2/token",
    };

    public static RealmTrust Judge(RegistryAddress registry, Uri realm, UpstreamOptions? upstream)
    {
        var loopback = registry.IsLoopback && AddressRules.IsLoopbackHost(realm.Host);
        if (realm.UserInfo.Length > 0 || (realm.Scheme != Uri.UriSchemeHttps && !(loopback && realm.Scheme == Uri.UriSchemeHttp)))
        {
            return RealmTrust.Refused;
        }

        // Another port is another service, except on loopback, where every service is one of ports.
        if (realm.Authority == registry.BaseUri.Authority
            || (loopback && realm.Host == registry.BaseUri.Host)
            || (WellKnown.TryGetValue(registry.Host, out var known) && SamePlace(realm, new Uri(known)))
            || upstream?.AllowedRealms.Any(allowed => SamePlace(realm, new Uri(allowed))) == true)
        {
            return RealmTrust.Trusted;
        }

        // With credentials configured, an unexpected realm is not silently downgraded to anonymous: somebody should look at it.
        return string.IsNullOrEmpty(upstream?.Username) && !AddressRules.IsLoopbackHost(realm.Host) ? RealmTrust.AnonymousOnly : RealmTrust.Refused;
    }

    private static bool SamePlace(Uri realm, Uri allowed) =>
        realm.Scheme == allowed.Scheme
        && realm.Authority == allowed.Authority
        && realm.AbsolutePath.TrimEnd('/') == allowed.AbsolutePath.TrimEnd('/');
}
