using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>What a replica answered when asked for something.</summary>
public enum Presence
{
    /// <summary>No answer that could be trusted.</summary>
    Unknown,
    Missing,
    Served,

    /// <summary>It is there and not given out: quarantined, or made unreadable.</summary>
    Withheld,
}

/// <param name="Throttled">The answer was 429: load, not death.</param>
/// <param name="Reason">Why it is unknown; null otherwise.</param>
public sealed record ReplicaAnswer(Presence Presence, bool Throttled = false, string? Reason = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the replica holds it. Where quarantine is on, a manifest is withheld until its release lets it out.</summary>
    public bool IsThere(RegistryDefinition registry) => Presence == Presence.Served || (registry.Quarantine && Presence == Presence.Withheld);
}

/// <summary>One row of a replica's manifest list.</summary>
/// <param name="Locked">Neither writable nor deletable.</param>
public sealed record ManifestRow(Digest Digest, bool Locked, bool Readable, IReadOnlyList<string> Tags);

/// <summary>One row of a replica's tag list.</summary>
public sealed record TagRow(string Tag, Digest Digest, bool Locked);

/// <summary>A list, or why there is none. A repository the replica does not know is an empty list.</summary>
/// <param name="RetryAfter">How long the replica asks to be left alone; null when it does not say.</param>
public sealed record ReplicaListing<T>(IReadOnlyList<T>? Rows, bool Throttled = false, string? Reason = null, TimeSpan? RetryAfter = null);

/// <summary>Asks single replicas, through their own endpoints.</summary>
public interface IReplicaReader
{
    /// <summary>One HEAD for the manifest.</summary>
    Task<ReplicaAnswer> AskAsync(ReplicaDefinition replica, string repository, Digest digest, CancellationToken cancellationToken);

    /// <summary>Whether the replica answers at all: <c>GET /v2/</c>.</summary>
    Task<ReplicaAnswer> PingAsync(ReplicaDefinition replica, CancellationToken cancellationToken);

    /// <summary><c>/acr/v1/{repository}/_manifests</c>, all pages.</summary>
    Task<ReplicaListing<ManifestRow>> ListManifestsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken);

    /// <summary><c>/acr/v1/{repository}/_tags</c>, all pages.</summary>
    Task<ReplicaListing<TagRow>> ListTagsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken);
}
