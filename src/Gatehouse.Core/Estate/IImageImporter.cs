using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>One digest to copy, untagged, into one registry. Source: ARM <c>importImage</c>, <c>untaggedTargetRepositories</c>, mode NoForce.</summary>
/// <param name="Source">Where the image is; its digest is what is copied.</param>
public sealed record ImportRequest(ImageReference Source, Digest Digest, string TargetRepository);

/// <summary>Where one import stands.</summary>
public abstract record ImportProgress
{
    private ImportProgress()
    {
    }

    /// <param name="Location">Where to poll. Store it before polling: the service keeps no list of imports.</param>
    public sealed record Running(string Location, TimeSpan? RetryAfter) : ImportProgress;

    public sealed record Done : ImportProgress;

    /// <param name="Retryable">Whether trying again may succeed.</param>
    /// <param name="StillRuns">It was the poll that failed, not the import: the same location is to be asked again.</param>
    /// <param name="NotStarted">The service took no order: it throttled, or was away. No import failed.</param>
    /// <param name="Waits">Not even asked for: a limit of ours is reached, and others must end first.</param>
    public sealed record Failed(
        string Code, string Message, bool Retryable, TimeSpan? RetryAfter = null, bool StillRuns = false, bool NotStarted = false, bool Waits = false) : ImportProgress;
}

/// <summary>Server-side copies into a registry. Safe to repeat: a digest that is there already stays what it is.</summary>
public interface IImageImporter
{
    Task<ImportProgress> StartAsync(RegistryDefinition target, ImportRequest request, CancellationToken cancellationToken);

    Task<ImportProgress> PollAsync(RegistryDefinition target, string location, CancellationToken cancellationToken);
}

public abstract record PublishOutcome
{
    private PublishOutcome()
    {
    }

    /// <param name="Previous">What the tag pointed at before, when that was something else.</param>
    public sealed record Published(Digest? Previous) : PublishOutcome;

    public sealed record Failed(string Reason, bool Retryable, TimeSpan? RetryAfter = null) : PublishOutcome;
}

/// <summary>Names and locks on a registry, through its home replica so that all reads and writes of one release see one order.</summary>
public interface IRegistryPublisher
{
    /// <summary>Points <paramref name="tag"/> at <paramref name="digest"/> and locks both against writing and deleting; done already is done.</summary>
    Task<PublishOutcome> PublishAsync(RegistryDefinition registry, string repository, string tag, Digest digest, CancellationToken cancellationToken);

    /// <summary>Pushes an artifact under its digest, untagged, and locks it; done already is done.</summary>
    Task<PublishOutcome> AttachAsync(RegistryDefinition registry, string repository, ReferrerArtifact artifact, CancellationToken cancellationToken);

    /// <summary>Lets a manifest out of the registry's quarantine; let out already is done.</summary>
    /// <param name="details">Why, as JSON, for those who read the attribute.</param>
    Task<PublishOutcome> PassAsync(RegistryDefinition registry, string repository, Digest digest, string details, CancellationToken cancellationToken);

    /// <summary>Locks a manifest that gets no tag.</summary>
    Task<PublishOutcome> LockAsync(RegistryDefinition registry, string repository, Digest digest, CancellationToken cancellationToken);
}
