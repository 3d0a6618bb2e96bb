using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Registry.Http;

/// <summary>Where a registry's API is.</summary>
/// <param name="Host">As references name it, lower case, e.g. <c>docker.io</c>.</param>
/// <param name="BaseUri">https, but http on loopback.</param>
internal sealed record RegistryAddress(string Host, Uri BaseUri)
{
    public bool IsLoopback => AddressRules.IsLoopbackHost(BaseUri.Host);

    public static bool TryParse(string? host, [NotNullWhen(true)] out RegistryAddress? address)
    {
        address = null;
        var name = host?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(name) || name.Length > 255)
        {
            return false;
        }

        if (name is "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com")
        {
            name = "docker.io";
        }

        // docker.io itself serves a web site; the API is elsewhere (distribution/reference).
        var api = name == "docker.io" ? "registry-1.docker.io" : name;
        if (!Uri.TryCreate("https://" + api + "/", UriKind.Absolute, out var uri)
            || uri.HostNameType == UriHostNameType.Unknown
            || uri.UserInfo.Length > 0
            || uri.PathAndQuery != "/"
            || uri.Fragment.Length > 0
            || !SameText(api, uri))
        {
            return false;
        }

        address = new RegistryAddress(name, AddressRules.IsLoopbackHost(uri.Host) ? new Uri("http://" + api + "/") : uri);
        return true;
    }

    public Uri Resolve(string pathAndQuery) => new(BaseUri, pathAndQuery);

    // Refuses what the parser would rewrite: "0x7f.1", "a/../b", "host:" and the like.
    private static bool SameText(string text, Uri uri) =>
        text == uri.Authority || (text == uri.Host + ":443");
}
