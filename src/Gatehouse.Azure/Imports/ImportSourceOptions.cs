namespace Gatehouse.Azure.Imports;

/// <summary>The part of the registry configuration that imports need: the same credentials the registry client reads upstreams with.</summary>
internal sealed class ImportSourceOptions
{
    public const string Section = "Gatehouse:Registry";

    /// <summary>By host, as references name it, e.g. <c>docker.io</c>.</summary>
    public IDictionary<string, ImportSourceUpstream> Upstreams { get; } = new Dictionary<string, ImportSourceUpstream>(StringComparer.OrdinalIgnoreCase);
}

internal sealed class ImportSourceUpstream
{
    public string? Username { get; set; }

    public string? Password { get; set; }
}
