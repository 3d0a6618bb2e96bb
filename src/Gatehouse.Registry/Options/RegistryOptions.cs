using Gatehouse.Registry.Http;

namespace Gatehouse.Registry.Options;

/// <summary>How registries are spoken to. Bound from <see cref="Section"/> by the composition root; checked by <see cref="RegistryOptionsValidator"/>.</summary>
public sealed class RegistryOptions
{
    public const string Section = "Gatehouse:Registry";

    /// <summary>How calls to registries name their sender.</summary>
    public string UserAgent { get; set; } = "gatehouse/0.1";

    /// <summary>The longest wait for headers, and for whole bodies of anything but blobs. Default 100 s; 1 s to 10 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>The longest wait for the connection and its TLS handshake. Default 15 s; 1 s to 2 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a blob may send nothing. Default 30 s; 1 s to 10 min.</summary>
    public TimeSpan BlobIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest manifest that is read. Default 4 MiB; 1 KiB to 64 MiB.</summary>
    public int MaxManifestBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most pages of one listing. Default 1,000; 1 to 100,000.</summary>
    public int MaxPages { get; set; } = 1_000;

    /// <summary>The largest page of a listing, or any other JSON answer. Default 8 MiB; 1 KiB to 64 MiB.</summary>
    public int MaxPageBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>All pages of one listing together. Default 64 MiB; 1 KiB to 1 GiB.</summary>
    public long MaxListingBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>The largest blob that is read. Default 64 GiB; 1 MiB or more.</summary>
    public long MaxBlobBytes { get; set; } = 64L * 1024 * 1024 * 1024;

    /// <summary>The most redirects one call follows. Default 5; 0 to 20.</summary>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>Tries of one call after the first. Default 3; 0 to 10.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The first wait; it doubles from try to try. Default 500 ms; 1 ms to 1 min.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait, asked for by the registry or not; when it asks for more, the call fails and says how long. Default 30 s; 0 to 10 min.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What every call adds to its host's retry budget, of which every retry takes 1. Default 0.1; 0 to 1.</summary>
    public double RetryBudgetRatio { get; set; } = 0.1;

    /// <summary>What the budget starts with and never exceeds. Default 10; 0 to 1,000.</summary>
    public int RetryBudgetBurst { get; set; } = 10;

    /// <summary>How often one blob read may pick up after a broken connection. Default 5; 0 to 100.</summary>
    public int MaxBlobResumes { get; set; } = 5;

    /// <summary>Blobs up to this size are uploaded in one request, larger ones in pieces of it. Default 8 MiB; 64 KiB to 128 MiB.</summary>
    public int UploadChunkBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Connections to one host. Default 64; 1 to 10,000.</summary>
    public int MaxConnectionsPerHost { get; set; } = 64;

    /// <summary>
    /// Whether registries that nobody configured may be at loopback or private addresses. Default false: whoever requests an image names a host,
    /// and must not reach into our network that way. A host in <see cref="Upstreams"/> may be anywhere.
    /// </summary>
    public bool AllowPrivateRegistries { get; set; }

    /// <summary>What is known of single upstreams, by host as references name it, e.g. <c>docker.io</c>.</summary>
    public IDictionary<string, UpstreamOptions> Upstreams { get; init; } = new Dictionary<string, UpstreamOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known of a host, by its key or its <see cref="UpstreamOptions.Host"/>; null when nothing is.</summary>
    public UpstreamOptions? FindUpstream(string host)
    {
        var name = NameOf(host);
        return Upstreams.FirstOrDefault(entry => NameOf(entry.Value.Host ?? entry.Key) == name).Value;
    }

    internal bool MayBePrivate(string host) => AllowPrivateRegistries || FindUpstream(host) is not null;

    // Docker Hub has several names, of which references keep one.
    private static string NameOf(string host) => RegistryAddress.TryParse(host, out var address) ? address.Host : host;
}

/// <summary>One upstream: <c>Gatehouse:Registry:Upstreams:&lt;host&gt;</c>.</summary>
public sealed class UpstreamOptions
{
    /// <summary>The host, when it has a port and so cannot be a configuration key; null takes the key.</summary>
    public string? Host { get; set; }

    /// <summary>Who logs in with <see cref="Password"/>.</summary>
    public string? Username { get; set; }

    /// <summary>A password or access token. Never logged.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// What Azure signs in with, and without a user name, when it copies from there; e.g. an Entra token for a registry of another tenant. Null takes <see cref="Username"/>
    /// and <see cref="Password"/>. Never logged.
    /// </summary>
    public string? ImportPassword { get; set; }

    /// <summary>
    /// The ARM id of an Azure registry of our own tenant. Azure then copies from there with the rights of our identity, which must be able to pull; it also reaches a registry
    /// without public access. No credentials are sent with an import; <see cref="Username"/> and <see cref="Password"/> are for our own reading only.
    /// </summary>
    public string? ResourceId { get; set; }

    /// <summary>Where else than on the registry's own host credentials may go: absolute URLs, compared by scheme, host, port and path.</summary>
    public IList<string> AllowedRealms { get; init; } = [];

    /// <summary>Says that the missing credentials are meant.</summary>
    public bool Anonymous { get; set; }

    /// <summary>Hosts at private addresses that redirects may lead to, e.g. a private storage endpoint; <c>*.example.com</c> means any below.</summary>
    public IList<string> PrivateHosts { get; init; } = [];
}
