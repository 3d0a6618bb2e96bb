using Gatehouse.Core.Images;

namespace Gatehouse.Registry.Client;

/// <param name="Size">Bytes, as Content-Length says; null when it does not.</param>
public sealed record ManifestHead(Digest Digest, string MediaType, long? Size);

/// <param name="Content">The exact bytes; their digest has been checked.</param>
public sealed record ManifestContent(Digest Digest, string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>A blob being read. The digest is checked as the stream ends: the last read throws <see cref="BlobDigestException"/> when it differs (whole-blob reads only).</summary>
/// <param name="size">Bytes the stream will give; null when the registry did not say.</param>
public sealed class BlobContent(Stream stream, long? size) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    public long? Size { get; } = size;

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>The bytes of a blob do not hash to its digest.</summary>
public sealed class BlobDigestException : IOException
{
    public BlobDigestException(string message)
        : base(message)
    {
    }

    public BlobDigestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <param name="FromApi">False when the registry does not offer the referrers API and the fallback tag was read instead.</param>
public sealed record ReferrerList(IReadOnlyList<Descriptor> Referrers, bool FromApi);

/// <summary>One registry, spoken to by the OCI distribution protocol. Source: OCI distribution-spec 1.1.</summary>
public interface IRegistryClient
{
    /// <summary>Host and optional port, as references name it.</summary>
    string Host { get; }

    /// <summary><c>GET /v2/</c>.</summary>
    Task<RegistryResult<bool>> PingAsync(CancellationToken cancellationToken);

    /// <summary>One HEAD, with the full Accept list. A registry that leaves the digest out is asked with GET, and the bytes are hashed.</summary>
    Task<RegistryResult<ManifestHead>> HeadManifestAsync(string repository, string reference, CancellationToken cancellationToken);

    Task<RegistryResult<ManifestContent>> GetManifestAsync(string repository, string reference, CancellationToken cancellationToken);

    /// <summary>All tags, following Link pages on the same host up to a limit.</summary>
    Task<RegistryResult<IReadOnlyList<string>>> ListTagsAsync(string repository, CancellationToken cancellationToken);

    /// <summary>The referrers API, or the tag schema where the API answers 404.</summary>
    Task<RegistryResult<ReferrerList>> ListReferrersAsync(string repository, Digest subject, CancellationToken cancellationToken);

    Task<RegistryResult<long>> HeadBlobAsync(string repository, Digest digest, CancellationToken cancellationToken);

    /// <param name="offset">First byte to read; 0 for the whole blob.</param>
    Task<RegistryResult<BlobContent>> OpenBlobAsync(string repository, Digest digest, long offset, CancellationToken cancellationToken);

    /// <summary>Uploads a blob, in one request or in chunks as its size demands; nothing is sent, and the answer is false, when the registry has it.</summary>
    Task<RegistryResult<bool>> PushBlobAsync(string repository, Descriptor blob, Func<CancellationToken, ValueTask<Stream>> open, CancellationToken cancellationToken);

    /// <summary>Asks to mount a blob from another repository of the same registry; false when the registry wants an upload instead.</summary>
    Task<RegistryResult<bool>> MountBlobAsync(string repository, Digest digest, string fromRepository, CancellationToken cancellationToken);

    /// <summary>The digest it is stored under. A manifest with a subject that the registry does not acknowledge is also listed in the referrers tag.</summary>
    Task<RegistryResult<Digest>> PutManifestAsync(string repository, string reference, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>False when it was not there.</summary>
    Task<RegistryResult<bool>> DeleteManifestAsync(string repository, Digest digest, CancellationToken cancellationToken);

    /// <summary>Any other call on the same host, e.g. <c>/acr/v1/…</c>, with the client's authentication, limits and retries.</summary>
    /// <param name="path">Path and query, starting with '/'.</param>
    /// <param name="scope">The token scope expected, e.g. <c>repository:app:metadata_read</c>; a 401 may name another.</param>
    /// <param name="body">JSON to send; null for none.</param>
    Task<RegistryResult<RawResponse>> SendAsync(HttpMethod method, string path, string? scope, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken);
}

/// <param name="Next">The resolved <c>Link rel="next"</c>, path and query; null on the last page.</param>
public sealed record RawResponse(int Status, ReadOnlyMemory<byte> Content, string? ContentType, string? Next);

public interface IRegistryClientFactory
{
    /// <summary>The client of a host; clients of one host share connections, tokens and the retry budget.</summary>
    IRegistryClient Create(string host);
}
