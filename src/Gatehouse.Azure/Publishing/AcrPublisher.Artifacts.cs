using Gatehouse.Azure.Replicas;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;

namespace Gatehouse.Azure.Publishing;

/// <content>What is attached to an image, and what is let out of quarantine.</content>
internal sealed partial class AcrPublisher
{
    public async Task<PublishOutcome> AttachAsync(RegistryDefinition registry, string repository, ReferrerArtifact artifact, CancellationToken cancellationToken)
    {
        if (Target(registry, repository, artifact.Digest) is not { } target)
        {
            return NoRepository(repository);
        }

        if (!(await target.ReadManifestAsync(cancellationToken)).TryGet(out var manifest, out var failure))
        {
            return Report(target, null, Failed(failure));
        }

        if (manifest is { IsLocked: true })
        {
            return Report(target, null, new PublishOutcome.Published(null));
        }

        failure = manifest is null ? await target.PushAsync(artifact, cancellationToken) : null;
        failure ??= await target.PatchManifestAsync(AcrAttributes.Lock, cancellationToken);
        return Report(target, null, failure is null ? await ConfirmAsync(target, null, null, cancellationToken) : Failed(failure));
    }

    public async Task<PublishOutcome> PassAsync(RegistryDefinition registry, string repository, Digest digest, string details, CancellationToken cancellationToken)
    {
        if (Target(registry, repository, digest) is not { } target)
        {
            return NoRepository(repository);
        }

        var outcome = await PassAsync(target, details, cancellationToken);
        if (outcome is PublishOutcome.Failed failed)
        {
            log.NotPassed(target.ToString(), failed.Reason, failed.Retryable);
        }

        return outcome;
    }

    /// <summary>The attribute is read again, as locks are: an older state of another region may have undone it.</summary>
    private static async Task<PublishOutcome> PassAsync(PublishTarget target, string details, CancellationToken cancellationToken)
    {
        if (!(await target.ReadManifestAsync(cancellationToken)).TryGet(out var manifest, out var failure))
        {
            return Failed(failure);
        }

        if (manifest is null)
        {
            return Missing(target);
        }

        if (IsPassed(manifest))
        {
            return new PublishOutcome.Published(null);
        }

        if (await target.PatchManifestAsync(AcrAttributes.Pass(details), cancellationToken) is { } refused)
        {
            return Failed(refused);
        }

        if (!(await target.ReadManifestAsync(cancellationToken)).TryGet(out manifest, out failure))
        {
            return Failed(failure);
        }

        // A registry that takes the state and does not show it has no quarantine to be let out of.
        return manifest is not null && (IsPassed(manifest) || manifest.Quarantine is null)
            ? new PublishOutcome.Published(null)
            : new PublishOutcome.Failed($"{target} did not leave the quarantine; its state is '{manifest?.Quarantine}'.", Retryable: true);
    }

    private static bool IsPassed(AcrState manifest) => string.Equals(manifest.Quarantine, AcrAttributes.Passed, StringComparison.OrdinalIgnoreCase);

    private static PublishOutcome.Failed NoRepository(string repository) => new($"'{repository}' is no repository.", Retryable: false);

    private PublishTarget? Target(RegistryDefinition registry, string repository, Digest digest) =>
        ImageReference.IsRepository(repository) ? new PublishTarget(clients.Create(HomeEndpoint(registry)), repository, digest) : null;
}
