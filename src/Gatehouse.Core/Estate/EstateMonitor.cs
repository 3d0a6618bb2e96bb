using Gatehouse.Core.Images;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Estate;

internal sealed class EstateMonitor(
    IEstateProvider estates,
    ReplicaProbe probe,
    ReplicaStore store,
    PushJudge pushes,
    TimeProvider clock,
    ILogger<EstateMonitor> logger) : IEstateMonitor
{
    public async Task<ProbeReport> ProbeAsync(CancellationToken cancellationToken) =>
        await probe.RunAsync(await estates.GetAsync(cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<ReplicaStatus>> GetStatusAsync(CancellationToken cancellationToken)
    {
        var estate = await estates.GetAsync(cancellationToken);
        return await Task.WhenAll(estate.Replicas.Select(async replica =>
        {
            var state = await store.GetAsync(replica, cancellationToken);
            return new ReplicaStatus(
                replica.Registry, replica.Region, replica.Endpoint, state.Health, state.Since, state.LastSeen, state.Reason, state.Missing, state.LastLagMs);
        }));
    }

    public async Task ObserveAsync(ReplicaDefinition replica, ReplicaAnswer answer, long? lagMs, CancellationToken cancellationToken)
    {
        if (lagMs is { } lag)
        {
            EstateMetrics.ReplicationLag.Record(lag, new KeyValuePair<string, object?>("replica", replica.Id));
        }

        await store.ObserveAsync(replica, Observation.Of(answer, clock.GetUtcNow(), lagMs), null, null, cancellationToken);
    }

    public async Task OnPushedAsync(
        string eventId, string loginServer, string repository, string? tag, Digest digest, string? region, CancellationToken cancellationToken)
    {
        var estate = await estates.GetAsync(cancellationToken);
        if (Find(estate, loginServer) is not { } registry)
        {
            Log.PushElsewhere(logger, eventId, loginServer);
            return;
        }

        if (!await pushes.IsApprovedAsync(repository, digest, cancellationToken))
        {
            await pushes.RecordUnapprovedAsync(new(eventId, registry.Name, repository, tag, digest, region), cancellationToken);
            return;
        }

        if (registry.Replicas.FirstOrDefault(candidate => string.Equals(candidate.Region, region, StringComparison.OrdinalIgnoreCase)) is { } replica)
        {
            await ObserveAsync(replica, new ReplicaAnswer(Presence.Served), null, cancellationToken);
        }
    }

    /// <summary>By the global host or by the endpoint of one of its replicas.</summary>
    private static RegistryDefinition? Find(EstateMap estate, string host) => estate.Registries.FirstOrDefault(registry =>
        Same(registry.LoginServer, host) || registry.Replicas.Any(replica => Same(replica.Endpoint, host)));

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
