using Gatehouse.Core.Estate;
using Gatehouse.Core.Queues;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Api.Http;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Estate;

internal sealed record EstateDocument(string TargetPattern, IReadOnlyList<RegistryDocument> Registries, IReadOnlyList<QueueDocument> Queues);

internal sealed record RegistryDocument(
    string Name,
    string ResourceId,
    string LoginServer,
    string HomeRegion,
    string Bulkhead,
    IReadOnlyList<RegionDocument> Replicas);

internal sealed record RegionDocument(string Region, string Endpoint);

internal sealed record EstateHealthDocument(IReadOnlyList<ReplicaHealthDocument> Replicas);

/// <param name="Missing">Released manifests it does not serve.</param>
internal sealed record ReplicaHealthDocument(
    string Registry,
    string Region,
    string Endpoint,
    ReplicaHealth Health,
    DateTimeOffset Since,
    DateTimeOffset? LastSeen,
    string? Reason,
    int Missing,
    long? LastLagMs);

/// <summary><c>/api/estate</c>: the registries, and how their replicas are.</summary>
internal static class EstateEndpoints
{
    public static void MapEstate(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/estate", GetAsync).RequireAuthorization(Access.Read)
            .Produces<EstateDocument>()
            .Describe("GetEstate", "The registries and their replicas, as estate.yaml describes them, and how full the queues are.");
        routes.MapGet("/api/estate/health", GetHealthAsync).RequireAuthorization(Access.Read)
            .Produces<EstateHealthDocument>()
            .Describe("GetEstateHealth", "The health of every replica.");
    }

    private static async Task<IResult> GetAsync([FromServices] IEstateProvider estate, [FromServices] IQueueDesk queues, CancellationToken cancellationToken) =>
        Results.Json(ToDocument(await estate.GetAsync(cancellationToken), await queues.ListAsync(cancellationToken)), ApiJson.Default.EstateDocument);

    private static async Task<IResult> GetHealthAsync([FromServices] IEstateMonitor monitor, CancellationToken cancellationToken) =>
        Results.Json(new EstateHealthDocument([.. (await monitor.GetStatusAsync(cancellationToken)).Select(ToDocument)]), ApiJson.Default.EstateHealthDocument);

    private static EstateDocument ToDocument(EstateMap map, IReadOnlyList<QueueStatus> queues) => new(map.TargetPattern, [.. map.Registries.Select(registry => new RegistryDocument(
        registry.Name,
        registry.ResourceId,
        registry.LoginServer,
        registry.HomeRegion,
        registry.Bulkhead,
        [.. registry.Replicas.Select(replica => new RegionDocument(replica.Region, replica.Endpoint))]))],
        [.. queues.Select(queue => new QueueDocument(queue.Name, queue.Waiting, queue.Poison, queue.Problem))]);

    private static ReplicaHealthDocument ToDocument(ReplicaStatus status) => new(
        status.Registry,
        status.Region,
        status.Endpoint,
        status.Health,
        status.Since,
        status.LastSeen,
        status.Reason,
        status.Missing,
        status.LastLagMs);
}
