using Gatehouse.Core.Images;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;
using Gatehouse.Registry.Client;

namespace Gatehouse.Emulator.Imports;

/// <summary>An import cannot go on; what its operation will say.</summary>
internal sealed class ImportException : Exception
{
    public ImportException(int status, string code, string message, Exception? inner = null)
        : base(message, inner) => (Status, Code) = (status, code);

    public int Status { get; }

    public string Code { get; }
}

internal interface IImportSource
{
    Task<ManifestContent> GetManifestAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Streams a blob into <paramref name="writer"/>.</summary>
    Task CopyBlobAsync(Digest digest, BlobWriter writer, CancellationToken cancellationToken);
}

/// <summary>A registry reached over HTTP.</summary>
internal sealed class RemoteSource(IRegistryClient client, string repository) : IImportSource
{
    public async Task<ManifestContent> GetManifestAsync(string reference, CancellationToken cancellationToken) =>
        (await client.GetManifestAsync(repository, reference, cancellationToken)).TryGet(out var manifest, out var failure) ? manifest : throw Failed(failure);

    public async Task CopyBlobAsync(Digest digest, BlobWriter writer, CancellationToken cancellationToken)
    {
        if (!(await client.OpenBlobAsync(repository, digest, 0, cancellationToken)).TryGet(out var blob, out var failure))
        {
            throw Failed(failure);
        }

        await using (blob)
        {
            await writer.AppendAsync(blob.Stream, cancellationToken);
        }
    }

    /// <summary>How ARM words a source's failure. Codes are ours; Azure documents the texts only.</summary>
    private static ImportException Failed(RegistryFailure failure) => failure.Kind switch
    {
        RegistryFailureKind.NotFound => new ImportException(400, "SourceImageNotFound", $"The source image cannot be found: {failure.RequestLine}."),
        RegistryFailureKind.Denied => new ImportException(400, "SourceUnauthorized", $"Unexpected response status code from the source registry: {(int?)failure.Status ?? 401}. The source image cannot be pulled with the credentials given."),
        RegistryFailureKind.Throttled => new ImportException(400, "TooManyRequests", "Unexpected response status code from the source registry: 429 (Too Many Requests)."),
        RegistryFailureKind.Untrustworthy => new ImportException(400, "InvalidSource", $"Unexpected length of body in response, or content that is not what its digest says: {failure.Message}"),
        _ => new ImportException(400, "SourceUnavailable", $"Unexpected response status code from the source registry: {failure.Message}"),
    };
}

/// <summary>Another registry of this emulator, named by resource id: copied inside, as Azure does with the caller's identity.</summary>
internal sealed class EmulatedSource(EmulatedRegistry registry, string repository) : IImportSource
{
    public async Task<ManifestContent> GetManifestAsync(string reference, CancellationToken cancellationToken)
    {
        var replica = Replica();
        var isDigest = Digest.TryParse(reference, out var digest);
        var manifest = registry.Store.Read(replica, content =>
        {
            var found = content.Find(repository);
            return isDigest ? found?.Manifest(digest) : found?.Tag(reference) is { } tag ? found.Manifest(tag.Digest) : null;
        });
        return manifest is { Attributes.ReadEnabled: true }
            ? new ManifestContent(manifest.Digest, manifest.Info.MediaType, await registry.Store.Blobs.ReadAsync(manifest.Digest, Distribution.ManifestReader.MaxSize, cancellationToken))
            : throw new ImportException(400, "SourceImageNotFound", $"The source image cannot be found: {repository} {reference} in {registry.Name}.");
    }

    public async Task CopyBlobAsync(Digest digest, BlobWriter writer, CancellationToken cancellationToken)
    {
        if (Replica().Faults.HasLost(digest) || registry.Store.Blobs.SizeOf(digest) is null)
        {
            throw new ImportException(400, "SourceImageNotFound", $"The source blob cannot be found: {digest} in {registry.Name}.");
        }

        await using var file = new FileStream(registry.Store.Blobs.PathOf(digest), new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        await writer.AppendAsync(file, cancellationToken);
    }

    private EmulatedReplica Replica() => registry.Route() ?? throw new ImportException(400, "SourceUnavailable", $"No replica of {registry.Name} can be reached.");
}
