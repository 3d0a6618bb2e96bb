using System.Text.Json;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

/// <summary>What is remembered of replicas, a partition each: its state, its drift by repository, and the events of both on their way to the ledger.</summary>
internal sealed class ReplicaStore(IRecordStore records, ILedgerInbox inbox, TimeProvider clock, IOptions<HealthOptions> options, ILogger<ReplicaStore> logger)
{
    public const string Table = "replicas";

    private const string StateRow = "state";
    private const string DriftPrefix = "drift~";
    private const int MaxAttempts = 10;

    private readonly HealthPolicy _policy = new(options.Value);
    private readonly LedgerOutbox _outbox = new(records, inbox);

    public static string Partition(ReplicaDefinition replica) => $"{replica.Registry}~{replica.Region}";

    public Task FlushAsync(ReplicaDefinition replica, CancellationToken cancellationToken) =>
        _outbox.FlushAsync(Table, Partition(replica), cancellationToken);

    /// <summary>As it stands now, silence included.</summary>
    public async Task<ReplicaState> GetAsync(ReplicaDefinition replica, CancellationToken cancellationToken) =>
        _policy.AfterSilence((await ReadAsync(replica, cancellationToken)).State, clock.GetUtcNow());

    /// <summary>Applies an observation; each change of health becomes a ledger event in the same transaction.</summary>
    public async Task<ReplicaState> ObserveAsync(
        ReplicaDefinition replica, Observation observation, int? missing, int? drifted, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (stored, etag) = await ReadAsync(replica, cancellationToken);
            var silent = _policy.AfterSilence(stored, observation.At);
            var next = _policy.After(silent, observation, missing, drifted);
            if (etag is not null && _policy.IsNoise(stored, next))
            {
                return next;
            }

            var events = new List<LedgerEvent>(2);
            var before = stored;
            foreach (var state in new[] { silent, next })
            {
                if (state.Health != before.Health)
                {
                    events.Add(HealthChanged(replica, before, state, next.Events + events.Count));
                }

                before = state;
            }

            next = next with { Events = next.Events + events.Count };
            if (await TryCommitAsync(replica, next, etag, events, cancellationToken))
            {
                LogChange(replica, stored, next);
                await _outbox.DeliverAsync(Table, Partition(replica), events, cancellationToken);
                return next;
            }
        }

        throw new RecordStoreException($"The state of replica {replica.Id} met {MaxAttempts} competing writes.");
    }

    /// <summary>The drift known of every repository, and the ETag of each row.</summary>
    public async Task<Dictionary<string, (RepositoryDrift Drift, string ETag)>> ReadDriftAsync(ReplicaDefinition replica, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, (RepositoryDrift, string)>();
        await foreach (var record in records.QueryAsync(RecordQuery.Prefix(Table, Partition(replica), DriftPrefix), cancellationToken))
        {
            var drift = JsonSerializer.Deserialize(record.Data.Span, EstateJson.Default.RepositoryDrift)!;
            known[drift.Repository] = (drift, record.ETag);
        }

        return known;
    }

    /// <summary>Remembers the drift of one repository; differences that are new become one ledger event. Another probe that came first has recorded it.</summary>
    public async Task SaveDriftAsync(ReplicaDefinition replica, RepositoryDrift? known, string? etag, RepositoryDrift found, CancellationToken cancellationToken)
    {
        var appeared = found.Items.Except(known?.Items ?? []).ToList();
        if (appeared.Count == 0 && found.Items.Count == (known?.Items.Count ?? 0) && found.Drifted == (known?.Drifted ?? 0))
        {
            return;
        }

        var events = appeared.Count == 0 ? [] : new List<LedgerEvent> { Drifted(replica, found, appeared, known?.Events ?? 0) };
        var row = DriftPrefix + ReleaseKeys.EncodeRepository(found.Repository);
        var data = JsonSerializer.SerializeToUtf8Bytes(found with { Events = (known?.Events ?? 0) + events.Count }, EstateJson.Default.RepositoryDrift);
        var batch = new RecordBatch(Table, Partition(replica));
        _ = etag is null ? batch.Insert(row, data) : batch.Replace(row, data, etag);
        events.ForEach(ledgerEvent => LedgerOutbox.Add(batch, ledgerEvent));
        if ((await records.CommitAsync(batch, cancellationToken)).IsCommitted && events.Count > 0)
        {
            Log.ReplicaDrifted(logger, replica.Id, found.Repository, appeared.Count, appeared[0]);
            await _outbox.DeliverAsync(Table, Partition(replica), events, cancellationToken);
        }
    }

    private async Task<(ReplicaState State, string? ETag)> ReadAsync(ReplicaDefinition replica, CancellationToken cancellationToken)
    {
        var record = await records.GetAsync(new(Table, Partition(replica), StateRow), cancellationToken);
        return record is null
            ? (ReplicaState.NeverSeen(clock.GetUtcNow()), null)
            : (JsonSerializer.Deserialize(record.Data.Span, EstateJson.Default.ReplicaState)!, record.ETag);
    }

    private async Task<bool> TryCommitAsync(ReplicaDefinition replica, ReplicaState state, string? etag, List<LedgerEvent> events, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(state, EstateJson.Default.ReplicaState);
        var batch = new RecordBatch(Table, Partition(replica));
        _ = etag is null ? batch.Insert(StateRow, data) : batch.Replace(StateRow, data, etag);
        events.ForEach(ledgerEvent => LedgerOutbox.Add(batch, ledgerEvent));
        return (await records.CommitAsync(batch, cancellationToken)).IsCommitted;
    }

    private void LogChange(ReplicaDefinition replica, ReplicaState before, ReplicaState after)
    {
        if (before.Health != after.Health)
        {
            Log.ReplicaHealthChanged(logger, replica.Id, before.Health, after.Health, after.Reason);
        }
    }

    private static LedgerEvent HealthChanged(ReplicaDefinition replica, ReplicaState before, ReplicaState after, int sequence) => new(
        LedgerEvent.MakeId(after.Since, $"replica.{replica.Registry}.{replica.Region}", sequence),
        after.Since,
        LedgerEventTypes.ReplicaHealthChanged,
        "system:probe",
        $"replica:{replica.Id}",
        null,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["after"] = after.Health.ToString(),
            ["before"] = before.Health.ToString(),
            ["missing"] = after.Missing.ToString(),
            ["reason"] = after.Reason ?? string.Empty,
        });

    private LedgerEvent Drifted(ReplicaDefinition replica, RepositoryDrift found, List<string> appeared, int sequence)
    {
        // The facts stay small whatever happens to a repository; the replica's row has the rest.
        const int Named = 20;
        var at = clock.GetUtcNow();
        return new(
            LedgerEvent.MakeId(at, $"drift.{replica.Registry}.{replica.Region}.{ReleaseKeys.EncodeRepository(found.Repository)}", sequence),
            at,
            LedgerEventTypes.ReplicaDrifted,
            "system:probe",
            $"replica:{replica.Id}",
            null,
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["differences"] = string.Join("; ", appeared.Take(Named)),
                ["missing"] = found.Missing.ToString(),
                ["new"] = appeared.Count.ToString(),
                ["repository"] = found.Repository,
            });
    }
}
