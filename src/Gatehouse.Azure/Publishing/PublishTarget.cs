using Gatehouse.Azure.Replicas;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Azure.Publishing;

/// <summary>One manifest in one repository of one replica, and the calls that name and lock it.</summary>
internal sealed class PublishTarget(IRegistryClient client, string repository, Digest digest)
{
    public Digest Digest => digest;

    public override string ToString() => $"{client.Host}/{repository}@{digest}";

    public Task<RegistryResult<AcrState?>> ReadTagAsync(string tag, CancellationToken cancellationToken) =>
        AcrState.ReadAsync(client, AcrAttributes.Tag(repository, tag), AcrAttributes.ReadScope(repository), "tag", cancellationToken);

    public Task<RegistryResult<AcrState?>> ReadManifestAsync(CancellationToken cancellationToken) =>
        AcrState.ReadAsync(client, AcrAttributes.Manifest(repository, digest), AcrAttributes.ReadScope(repository), "manifest", cancellationToken);

    /// <summary>Null when it worked.</summary>
    public Task<RegistryFailure?> PatchTagAsync(string tag, ReadOnlyMemory<byte> attributes, CancellationToken cancellationToken) =>
        PatchAsync(AcrAttributes.Tag(repository, tag), attributes, cancellationToken);

    /// <inheritdoc cref="PatchTagAsync"/>
    public Task<RegistryFailure?> PatchManifestAsync(ReadOnlyMemory<byte> attributes, CancellationToken cancellationToken) =>
        PatchAsync(AcrAttributes.Manifest(repository, digest), attributes, cancellationToken);

    /// <summary>Puts the manifest's own bytes under the tag. Null when it worked.</summary>
    /// <param name="manifest">Its state before: one that may not be written is unlocked if the registry will not name it otherwise.</param>
    public async Task<RegistryFailure?> PointAsync(string tag, AcrState manifest, CancellationToken cancellationToken)
    {
        if (!(await client.GetManifestAsync(repository, digest.ToString(), cancellationToken)).TryGet(out var content, out var failure))
        {
            return failure;
        }

        failure = await PutAsync(tag, content, cancellationToken);
        if (failure is not { Kind: RegistryFailureKind.Refused or RegistryFailureKind.Denied } || manifest.IsWritable)
        {
            return failure;
        }

        return await PatchManifestAsync(AcrAttributes.AllowWriting, cancellationToken) ?? await PutAsync(tag, content, cancellationToken);
    }

    /// <summary>Puts an artifact of one layer here: what it points at first. Null when it worked.</summary>
    public async Task<RegistryFailure?> PushAsync(ReferrerArtifact artifact, CancellationToken cancellationToken)
    {
        foreach (var (type, bytes) in new[] { (MediaTypes.OciEmpty, artifact.Config), (artifact.LayerType, artifact.Layer) })
        {
            var blob = new Descriptor(type, Digest.OfBytes(bytes), bytes.Length);
            var pushed = await client.PushBlobAsync(repository, blob, _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes)), cancellationToken);
            if (!pushed.TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        var put = await client.PutManifestAsync(repository, artifact.Digest.ToString(), artifact.MediaType, artifact.Manifest, cancellationToken);
        return put.TryGet(out _, out var refused) ? null : refused;
    }

    private async Task<RegistryFailure?> PutAsync(string tag, ManifestContent content, CancellationToken cancellationToken)
    {
        var put = await client.PutManifestAsync(repository, tag, content.MediaType, content.Content, cancellationToken);
        if (!put.TryGet(out var stored, out var failure))
        {
            return failure;
        }

        return stored == digest
            ? null
            : new RegistryFailure(RegistryFailureKind.Untrustworthy, $"stored {stored} in place of {digest}", $"PUT {client.Host}/v2/{repository}/manifests/{tag}");
    }

    private async Task<RegistryFailure?> PatchAsync(string path, ReadOnlyMemory<byte> attributes, CancellationToken cancellationToken) =>
        (await client.SendAsync(HttpMethod.Patch, path, AcrAttributes.WriteScope(repository), attributes, cancellationToken)).TryGet(out _, out var failure) ? null : failure;
}
