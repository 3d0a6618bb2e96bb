using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>What a replica says refers to a manifest.</summary>
/// <param name="Digests">Null when there is no answer; none is an empty list.</param>
/// <param name="FromApi">False when the registry does not offer the referrers API, so that only what somebody listed by tag is known.</param>
public sealed record ReferrerListing(IReadOnlyList<Digest>? Digests, bool FromApi = true, string? Reason = null, TimeSpan? RetryAfter = null);

/// <summary>Asks single replicas what refers to a manifest.</summary>
public interface IReferrerReader
{
    Task<ReferrerListing> ListAsync(ReplicaDefinition replica, string repository, Digest subject, CancellationToken cancellationToken);
}
