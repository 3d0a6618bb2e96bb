using Gatehouse.Core.Images;
using Gatehouse.Registry.Blobs;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Resolving;

/// <summary>Reads one platform's image.</summary>
internal static class PlatformReader
{
    public static async Task<(PlatformImage? Image, Resolution? Refusal)> FetchAsync(
        IRegistryClient client, string repository, Descriptor entry, CancellationToken cancellationToken)
    {
        var read = await client.GetManifestAsync(repository, entry.Digest.ToString(), cancellationToken);
        if (!read.TryGet(out var content, out var failure))
        {
            return (null, Outcomes.Of(failure, ofPart: true));
        }

        if (content.Content.Length != entry.Size || content.MediaType != entry.MediaType)
        {
            return (null, new Resolution.Unacceptable(
                "descriptor-mismatch",
                $"The index says {entry.Digest} is {entry.MediaType} of {entry.Size} bytes; it is {content.MediaType} of {content.Content.Length}."));
        }

        return ManifestDocument.Parse(content.MediaType, content.Content).TryGet(out var document, out var error)
            ? await ReadAsync(client, repository, entry, document, cancellationToken)
            : (null, new Resolution.Unacceptable(error.Code, error.Message));
    }

    /// <param name="manifest">Its platform, if it names one, stands; otherwise the configuration's does.</param>
    public static async Task<(PlatformImage? Image, Resolution? Refusal)> ReadAsync(
        IRegistryClient client, string repository, Descriptor manifest, ManifestDocument document, CancellationToken cancellationToken)
    {
        if (document.Config is not { MediaType: MediaTypes.OciConfig or MediaTypes.DockerConfig } config)
        {
            return (null, new Resolution.Unacceptable("not-an-image", $"{manifest.Digest} has a configuration of type '{document.Config?.MediaType}'; container images have {MediaTypes.OciConfig} or {MediaTypes.DockerConfig}."));
        }

        var read = await client.ReadBlobAsync(repository, config, ImageResolver.MaxConfigBytes, cancellationToken);
        if (!read.TryGet(out var bytes, out var failure))
        {
            return (null, Outcomes.Of(failure, ofPart: true));
        }

        if (!ConfigDocument.Parse(bytes).TryGet(out var said, out var error))
        {
            return (null, new Resolution.Unacceptable(error.Code, error.Message));
        }

        return (manifest.Platform ?? said.Platform) is { IsUnknown: false } platform
            ? (new PlatformImage(platform, manifest, config, document.Layers, said.Created), null)
            : (null, new Resolution.Unacceptable("platform-missing", $"Neither index nor configuration of {manifest.Digest} say which platform it is for."));
    }
}
