using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Azure.Replicas;

/// <summary>The referrers API of a replica's own endpoint. Source: container-registry-manage-artifact; registries encrypted with a customer's key have none.</summary>
internal sealed class AcrReferrerReader(IRegistryClientFactory clients) : IReferrerReader
{
    public async Task<ReferrerListing> ListAsync(ReplicaDefinition replica, string repository, Digest subject, CancellationToken cancellationToken)
    {
        var listed = await clients.Create(replica.Endpoint).ListReferrersAsync(repository, subject, cancellationToken);
        return listed.TryGet(out var list, out var failure)
            ? new ReferrerListing([.. list.Referrers.Select(referrer => referrer.Digest).Distinct()], list.FromApi)
            : new ReferrerListing(null, Reason: failure.ToString(), RetryAfter: failure.RetryAfter);
    }
}
