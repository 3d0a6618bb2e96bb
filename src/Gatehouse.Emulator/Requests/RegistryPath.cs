namespace Gatehouse.Emulator.Requests;

/// <summary>A request path, understood. Repositories contain slashes, so paths are read from their ends.</summary>
/// <param name="Reference">Tag, digest or upload id; null when the path has none.</param>
internal sealed record RegistryPath(RequestKind Kind, string Repository = "", string? Reference = null)
{
    private static readonly RegistryPath Unknown = new(RequestKind.Other);

    /// <param name="path">As Kestrel gives it: unescaped, but for %2F.</param>
    public static RegistryPath Parse(string path)
    {
        path = path.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return path switch
        {
            "/v2" or "/v2/" => new RegistryPath(RequestKind.Ping),
            "/oauth2/token" => new RegistryPath(RequestKind.Token),
            "/oauth2/exchange" => new RegistryPath(RequestKind.Exchange),
            "/v2/_catalog" => new RegistryPath(RequestKind.Catalog),
            "/acr/v1/_catalog" => new RegistryPath(RequestKind.Repositories),
            _ when path.StartsWith("/v2/", StringComparison.Ordinal) => Distribution(path["/v2/".Length..]),
            _ when path.StartsWith("/acr/v1/", StringComparison.Ordinal) => Metadata(path["/acr/v1/".Length..]),
            _ => Unknown,
        };
    }

    private static RegistryPath Distribution(string path)
    {
        if (path.EndsWith("/tags/list", StringComparison.Ordinal))
        {
            return new RegistryPath(RequestKind.Tags, path[..^"/tags/list".Length]);
        }

        var uploads = path.LastIndexOf("/blobs/uploads", StringComparison.Ordinal);
        if (uploads > 0)
        {
            var id = path[(uploads + "/blobs/uploads".Length)..].Trim('/');
            return new RegistryPath(RequestKind.Upload, path[..uploads], id.Length == 0 ? null : id);
        }

        return Cut(path, "/manifests/", RequestKind.Manifest) ?? Cut(path, "/blobs/", RequestKind.Blob) ?? Cut(path, "/referrers/", RequestKind.Referrers) ?? Unknown;
    }

    private static RegistryPath Metadata(string path)
    {
        if (path.EndsWith("/_tags", StringComparison.Ordinal))
        {
            return new RegistryPath(RequestKind.RepositoryTags, path[..^"/_tags".Length]);
        }

        if (path.EndsWith("/_manifests", StringComparison.Ordinal))
        {
            return new RegistryPath(RequestKind.RepositoryManifests, path[..^"/_manifests".Length]);
        }

        return Cut(path, "/_tags/", RequestKind.RepositoryTags) ?? Cut(path, "/_manifests/", RequestKind.RepositoryManifests) ?? new RegistryPath(RequestKind.Repository, path.TrimEnd('/'));
    }

    private static RegistryPath? Cut(string path, string marker, RequestKind kind)
    {
        var at = path.LastIndexOf(marker, StringComparison.Ordinal);
        return at > 0 && at + marker.Length < path.Length && !path.AsSpan(at + marker.Length).Contains('/')
            ? new RegistryPath(kind, path[..at], path[(at + marker.Length)..])
            : null;
    }
}
