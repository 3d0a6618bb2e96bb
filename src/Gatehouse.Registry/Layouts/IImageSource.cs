using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Layouts;

/// <summary>Where an image is copied from.</summary>
internal interface IImageSource
{
    Task<RegistryResult<ManifestContent>> GetManifestAsync(Digest digest, CancellationToken cancellationToken);

    Task<RegistryResult<Stream>> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken);

    /// <summary>The repository to mount from, when the source is the target's own registry.</summary>
    string? MountFrom(IRegistryClient target);
}

internal sealed class LayoutSource(OciLayout layout) : IImageSource
{
    public async Task<RegistryResult<ManifestContent>> GetManifestAsync(Digest digest, CancellationToken cancellationToken)
    {
        var read = await layout.ReadManifestAsync(digest, cancellationToken);
        if (!read.TryGet(out var content, out var error))
        {
            return Failure(error);
        }

        // A layout says a manifest's type in whatever points to it; the manifest's own word comes first.
        var parsed = ManifestDocument.Parse(null, content);
        if (!parsed.IsOk && layout.Manifests.FirstOrDefault(entry => entry.Digest == digest) is { } entry)
        {
            parsed = ManifestDocument.Parse(entry.MediaType, content);
        }

        return parsed.TryGet(out var document, out error) ? new ManifestContent(digest, document.MediaType, content) : Failure(error);
    }

    public Task<RegistryResult<Stream>> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) =>
        Task.FromResult(layout.OpenBlob(blob).TryGet(out var stream, out var error) ? (RegistryResult<Stream>)stream : Failure(error));

    public string? MountFrom(IRegistryClient target) => null;

    private RegistryFailure Failure(Gatehouse.Core.Results.Error error) => Failures.Untrustworthy($"READ {layout.Root}", error.Message);
}

internal sealed class RegistrySource(IRegistryClient client, string repository) : IImageSource
{
    public Task<RegistryResult<ManifestContent>> GetManifestAsync(Digest digest, CancellationToken cancellationToken) =>
        client.GetManifestAsync(repository, digest.ToString(), cancellationToken);

    public async Task<RegistryResult<Stream>> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        var opened = await client.OpenBlobAsync(repository, blob.Digest, 0, cancellationToken);
        return opened.TryGet(out var content, out var failure) ? content.Stream : failure;
    }

    public string? MountFrom(IRegistryClient target) => target.Host == client.Host ? repository : null;
}
