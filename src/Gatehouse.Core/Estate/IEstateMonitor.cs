using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

public enum ReplicaHealth
{
    Unknown,
    Healthy,
    Degraded,
    Unavailable,
}

/// <summary>What is known of one replica.</summary>
/// <param name="Since">When it took on this health.</param>
/// <param name="Missing">Released manifests it does not serve.</param>
/// <param name="LastLagMs">Of the newest image it proved; null before the first.</param>
public sealed record ReplicaStatus(
    string Registry,
    string Region,
    string Endpoint,
    ReplicaHealth Health,
    DateTimeOffset Since,
    DateTimeOffset? LastSeen,
    string? Reason,
    int Missing,
    long? LastLagMs);

/// <summary>What one probe found.</summary>
public sealed record ProbeReport(int Replicas, int Healthy, int Degraded, int Unavailable, int Unknown, int DriftedManifests);

/// <summary>Watches the replicas; see design section 7.</summary>
public interface IEstateMonitor
{
    /// <summary>Asks every replica, compares its lists with what was released, and judges its health with hysteresis.</summary>
    Task<ProbeReport> ProbeAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<ReplicaStatus>> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>A replica served (or failed to serve) something outside of a probe; counts as an observation.</summary>
    Task ObserveAsync(ReplicaDefinition replica, ReplicaAnswer answer, long? lagMs, CancellationToken cancellationToken);

    /// <summary>A registry reports a push. One that belongs to no release is recorded as unapproved. Idempotent by <paramref name="eventId"/>.</summary>
    /// <param name="loginServer">The host the push went to.</param>
    Task OnPushedAsync(string eventId, string loginServer, string repository, string? tag, Digest digest, string? region, CancellationToken cancellationToken);
}
