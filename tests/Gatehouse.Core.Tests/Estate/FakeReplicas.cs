using System.Collections.Concurrent;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Tests.Estate;

/// <summary>Replicas that answer as a test tells them, and count what they were asked.</summary>
internal sealed class FakeReplicas : IReplicaReader
{
    private readonly ConcurrentDictionary<string, int> _asked = [];

    public Dictionary<string, ReplicaAnswer> Pings { get; } = [];

    /// <summary>By replica and repository; a replica without an entry serves nothing.</summary>
    public Dictionary<(string Replica, string Repository), ReplicaListing<ManifestRow>> Lists { get; } = [];

    public int Asked(string replica) => _asked.GetValueOrDefault(replica);

    public void Forget() => _asked.Clear();

    public Task<ReplicaAnswer> PingAsync(ReplicaDefinition replica, CancellationToken cancellationToken)
    {
        Count(replica);
        return Task.FromResult(Pings.GetValueOrDefault(replica.Id, new ReplicaAnswer(Presence.Served)));
    }

    public Task<ReplicaListing<ManifestRow>> ListManifestsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken)
    {
        Count(replica);
        return Task.FromResult(Lists.GetValueOrDefault((replica.Id, repository), new ReplicaListing<ManifestRow>([])));
    }

    public Task<ReplicaListing<TagRow>> ListTagsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken)
    {
        Count(replica);
        return Task.FromResult(new ReplicaListing<TagRow>([]));
    }

    public Task<ReplicaAnswer> AskAsync(ReplicaDefinition replica, string repository, Digest digest, CancellationToken cancellationToken)
    {
        Count(replica);
        return Task.FromResult(new ReplicaAnswer(Presence.Served));
    }

    private void Count(ReplicaDefinition replica) => _asked.AddOrUpdate(replica.Id, 1, (_, count) => count + 1);
}
