using System.Net;
using Gatehouse.Azure.Replicas;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Publishing;

/// <summary>Sets and locks tags through the home replica. Source: container-registry-image-lock; tag and manifest have locks of their own.</summary>
internal sealed partial class AcrPublisher(IRegistryClientFactory clients, ILogger<AcrPublisher> log) : IRegistryPublisher
{
    public async Task<PublishOutcome> PublishAsync(RegistryDefinition registry, string repository, string tag, Digest digest, CancellationToken cancellationToken)
    {
        var target = new PublishTarget(clients.Create(HomeEndpoint(registry)), repository, digest);
        if (!ImageReference.IsRepository(repository) || !ImageReference.IsTag(tag))
        {
            return new PublishOutcome.Failed($"'{repository}:{tag}' is no repository and tag.", Retryable: false);
        }

        return Report(target, tag, await PublishAsync(target, tag, cancellationToken));
    }

    public async Task<PublishOutcome> LockAsync(RegistryDefinition registry, string repository, Digest digest, CancellationToken cancellationToken)
    {
        var target = new PublishTarget(clients.Create(HomeEndpoint(registry)), repository, digest);
        if (!ImageReference.IsRepository(repository))
        {
            return new PublishOutcome.Failed($"'{repository}' is no repository.", Retryable: false);
        }

        return Report(target, null, await LockAsync(target, cancellationToken));
    }

    private static async Task<PublishOutcome> PublishAsync(PublishTarget target, string tag, CancellationToken cancellationToken)
    {
        if (!(await target.ReadTagAsync(tag, cancellationToken)).TryGet(out var before, out var failure))
        {
            return Failed(failure);
        }

        if (!(await target.ReadManifestAsync(cancellationToken)).TryGet(out var manifest, out failure))
        {
            return Failed(failure);
        }

        if (manifest is null)
        {
            return Missing(target);
        }

        var stands = before?.Digest == target.Digest;
        if (stands && before!.IsLocked && manifest.IsLocked)
        {
            return new PublishOutcome.Published(null);
        }

        failure = stands ? null : await MoveAsync(target, tag, before, manifest, cancellationToken);
        failure ??= await target.PatchTagAsync(tag, AcrAttributes.Lock, cancellationToken);
        failure ??= await target.PatchManifestAsync(AcrAttributes.Lock, cancellationToken);
        return failure is null
            ? await ConfirmAsync(target, tag, stands ? null : before?.Digest, cancellationToken)
            : Failed(failure);
    }

    /// <summary>Points the tag here, unlocking it first where it is locked on something else.</summary>
    private static async Task<RegistryFailure?> MoveAsync(PublishTarget target, string tag, AcrState? before, AcrState manifest, CancellationToken cancellationToken)
    {
        var unlocks = before is { IsWritable: false };
        if (unlocks && await target.PatchTagAsync(tag, AcrAttributes.AllowWriting, cancellationToken) is { } kept)
        {
            return kept;
        }

        var failure = await target.PointAsync(tag, manifest, cancellationToken);
        if (failure is not null && unlocks)
        {
            // The tag still names the old image; it should not stay open for everybody until the next try.
            await target.PatchTagAsync(tag, AcrAttributes.Lock, cancellationToken);
        }

        if (failure is not null && !manifest.IsWritable)
        {
            await target.PatchManifestAsync(AcrAttributes.Lock, cancellationToken);
        }

        return failure;
    }

    private static async Task<PublishOutcome> LockAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (!(await target.ReadManifestAsync(cancellationToken)).TryGet(out var manifest, out var failure))
        {
            return Failed(failure);
        }

        if (manifest is null)
        {
            return Missing(target);
        }

        if (manifest.IsLocked)
        {
            return new PublishOutcome.Published(null);
        }

        failure = await target.PatchManifestAsync(AcrAttributes.Lock, cancellationToken);
        return failure is null ? await ConfirmAsync(target, null, null, cancellationToken) : Failed(failure);
    }

    /// <summary>Reads it all again: another region's older state may have arrived meanwhile and undone a lock.</summary>
    private static async Task<PublishOutcome> ConfirmAsync(PublishTarget target, string? tag, Digest? previous, CancellationToken cancellationToken)
    {
        if (!(await target.ReadManifestAsync(cancellationToken)).TryGet(out var manifest, out var failure))
        {
            return Failed(failure);
        }

        if (manifest is not { IsLocked: true })
        {
            return new PublishOutcome.Failed($"The lock on {target} did not hold.", Retryable: true);
        }

        if (tag is null)
        {
            return new PublishOutcome.Published(null);
        }

        if (!(await target.ReadTagAsync(tag, cancellationToken)).TryGet(out var named, out failure))
        {
            return Failed(failure);
        }

        return named?.Digest == target.Digest && named.IsLocked
            ? new PublishOutcome.Published(previous)
            : new PublishOutcome.Failed($"The tag {tag} did not stay locked on {target}; it is {(named is null ? "gone" : $"{(named.IsLocked ? "locked" : "open")} on {named.Digest}")}.", Retryable: true);
    }

    /// <remarks>405 is a lock. What was locked when it was read has been unlocked, so another release has locked it since; the next try reads it again.</remarks>
    private static PublishOutcome.Failed Failed(RegistryFailure failure) => new(
        failure.ToString(),
        failure.Kind is RegistryFailureKind.Throttled or RegistryFailureKind.Unavailable or RegistryFailureKind.NotFound || failure.Status == HttpStatusCode.MethodNotAllowed,
        failure.RetryAfter);

    /// <summary>Worth another try: the import may have landed in another region first.</summary>
    private static PublishOutcome.Failed Missing(PublishTarget target) => new($"{target} is not there yet.", Retryable: true);

    private static string HomeEndpoint(RegistryDefinition registry) =>
        registry.Replicas.FirstOrDefault(replica => replica.Region == registry.HomeRegion)?.Endpoint ?? registry.LoginServer;

    private PublishOutcome Report(PublishTarget target, string? tag, PublishOutcome outcome)
    {
        switch (outcome)
        {
            case PublishOutcome.Failed failed:
                log.PublishFailed(target.ToString(), tag, failed.Reason, failed.Retryable);
                break;
            case PublishOutcome.Published:
                log.Published(target.ToString(), tag);
                break;
            default:
                break;
        }

        return outcome;
    }
}
