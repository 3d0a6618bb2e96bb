using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

/// <summary>One pass over all replicas: a ping each, then for each repository one manifest list from each replica that answered.</summary>
internal sealed class ReplicaProbe(
    IReplicaReader reader, IReleasedImages released, ReplicaStore store, TimeProvider clock, IOptions<HealthOptions> options, ILogger<ReplicaProbe> logger)
{
    /// <summary>How long tags and locks may take to reach every replica, where the estate names no objective.</summary>
    private static readonly TimeSpan DefaultReplicationLag = TimeSpan.FromMinutes(10);

    public async Task<ProbeReport> RunAsync(EstateMap estate, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(options.Value.ProbeConcurrency);
        var runs = await Task.WhenAll(estate.Replicas.Select(replica => StartAsync(replica, gate, cancellationToken)));
        var settledBy = clock.GetUtcNow() - (estate.Objectives?.ReplicationLag ?? DefaultReplicationLag);
        var repositories = 0;
        if (Array.Exists(runs, run => run.IsOpen))
        {
            await Parallel.ForEachAsync(
                released.ListRepositoriesAsync(cancellationToken),
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.ProbeConcurrency, CancellationToken = cancellationToken },
                async (repository, token) =>
                {
                    Interlocked.Increment(ref repositories);

                    // What was released is read before the lists: every replica served it by then.
                    var expected = await ReleasedRepository.LoadAsync(released, repository, settledBy, token);
                    await Task.WhenAll(runs.Select(run => CompareAsync(run, expected, gate, token)));
                });
        }

        var states = new List<ReplicaState>(runs.Length);
        foreach (var run in runs)
        {
            states.Add(await FinishAsync(run, cancellationToken));
        }

        var report = Report(states);
        Log.ProbeFinished(logger, report.Replicas, repositories, report.Healthy, report.DriftedManifests);
        return report;
    }

    private async Task<Run> StartAsync(ReplicaDefinition replica, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await store.FlushAsync(replica, cancellationToken);
            var known = await store.ReadDriftAsync(replica, cancellationToken);
            var ping = await reader.PingAsync(replica, cancellationToken);
            return new Run(replica, Observation.Of(ping, clock.GetUtcNow()), known);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task CompareAsync(Run run, ReleasedRepository expected, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!run.IsOpen || expected.Manifests.Count == 0)
            {
                return;
            }

            var listing = await reader.ListManifestsAsync(run.Replica, expected.Name, cancellationToken);
            if (listing.Rows is null)
            {
                Log.ListFailed(logger, run.Replica.Id, expected.Name, listing.Reason);
                run.Strain(listing.Throttled, listing.Reason, clock.GetUtcNow(), options.Value.ListFailuresToStop);
                return;
            }

            var found = RepositoryDrift.Compare(expected, listing.Rows);
            var (known, etag) = run.Known.GetValueOrDefault(expected.Name);
            await store.SaveDriftAsync(run.Replica, known, etag, found, cancellationToken);
            run.Found[expected.Name] = found;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<ReplicaState> FinishAsync(Run run, CancellationToken cancellationToken)
    {
        // A list that was not given says nothing: what was known of that repository stands.
        var standing = run.Known.Where(known => !run.Found.ContainsKey(known.Key)).Select(known => known.Value.Drift);
        var drift = run.Found.Values.Concat(standing).ToList();
        var state = await store.ObserveAsync(run.Replica, run.Observation, drift.Sum(item => item.Missing), drift.Sum(item => item.Drifted), cancellationToken);
        if (state.Health != ReplicaHealth.Healthy)
        {
            // At every probe: an alert lasts as long as the lines do.
            Log.ReplicaUnhealthy(logger, run.Replica.Id, state.Health, state.Since, state.Reason);
        }

        return state;
    }

    private static ProbeReport Report(List<ReplicaState> states) => new(
        states.Count,
        states.Count(state => state.Health == ReplicaHealth.Healthy),
        states.Count(state => state.Health == ReplicaHealth.Degraded),
        states.Count(state => state.Health == ReplicaHealth.Unavailable),
        states.Count(state => state.Health == ReplicaHealth.Unknown),
        states.Sum(state => state.Drifted));

    /// <summary>One replica during one probe.</summary>
    private sealed class Run(ReplicaDefinition replica, Observation ping, IReadOnlyDictionary<string, (RepositoryDrift Drift, string ETag)> known)
    {
        private readonly Lock _gate = new();
        private Observation _observation = ping;
        private int _failures;
        private bool _open = ping.Kind == ObservationKind.Answered;

        public ReplicaDefinition Replica { get; } = replica;

        public IReadOnlyDictionary<string, (RepositoryDrift Drift, string ETag)> Known { get; } = known;

        public ConcurrentDictionary<string, RepositoryDrift> Found { get; } = [];

        public Observation Observation
        {
            get
            {
                lock (_gate)
                {
                    return _observation;
                }
            }
        }

        /// <summary>Whether this probe may ask it more.</summary>
        public bool IsOpen
        {
            get
            {
                lock (_gate)
                {
                    return _open;
                }
            }
        }

        public void Strain(bool throttled, string? reason, DateTimeOffset at, int failuresToStop)
        {
            lock (_gate)
            {
                _failures++;
                _open = _open && !throttled && _failures < failuresToStop;
                _observation = new(ObservationKind.Strained, at, reason ?? (throttled ? "throttled (429)" : "no manifest list"));
            }
        }
    }
}
