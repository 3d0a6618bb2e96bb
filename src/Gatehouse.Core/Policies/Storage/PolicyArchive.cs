using System.Collections.Concurrent;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Storage;

/// <param name="Document">Parsed; a refusal when a document that was once taken no longer reads.</param>
internal sealed record ArchivedPolicy(Scope Scope, PolicyVersion Version, string ETag, Result<PolicyDocument> Document);

/// <summary>Reads stored policies. A version never changes, so the newest of each scope is kept parsed; only the small head row is read each time.</summary>
internal sealed class PolicyArchive(IRecordStore records)
{
    private const int ParallelReads = 8;

    private readonly ConcurrentDictionary<string, ArchivedPolicy> _cache = new();

    public async Task<ArchivedPolicy?> FindAsync(Scope scope, CancellationToken cancellationToken)
    {
        var key = new RecordKey(PolicyKeys.Table, PolicyKeys.Partition(scope), PolicyKeys.HeadRow(scope));
        return await records.GetAsync(key, cancellationToken) is { } head ? await LoadAsync(scope, head, cancellationToken) : null;
    }

    /// <summary>The documents from the organization down to <paramref name="scope"/>, where there are any.</summary>
    public async Task<IReadOnlyList<ArchivedPolicy>> FindChainAsync(Scope scope, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(scope.FromRoot().Select(link => FindAsync(link, cancellationToken)));
        return [.. found.OfType<ArchivedPolicy>()];
    }

    public Task<IReadOnlyList<ArchivedPolicy>> FindBelowAsync(Scope scope, CancellationToken cancellationToken) =>
        QueryAsync(PolicyKeys.Partition(scope), PolicyKeys.HeadsBelow(scope), cancellationToken);

    public Task<IReadOnlyList<ArchivedPolicy>> FindAllAsync(string partition, CancellationToken cancellationToken) =>
        QueryAsync(partition, PolicyKeys.HeadPrefix, cancellationToken);

    public async Task<IReadOnlyList<string>> ListPartitionsAsync(CancellationToken cancellationToken)
    {
        var partitions = new List<string>();
        await foreach (var row in records.QueryAsync(new RecordQuery(PolicyKeys.Table, PolicyKeys.IndexPartition), cancellationToken))
        {
            partitions.Add(row.Key.Row);
        }

        return partitions;
    }

    private async Task<IReadOnlyList<ArchivedPolicy>> QueryAsync(string partition, string prefix, CancellationToken cancellationToken)
    {
        var heads = new List<Record>();
        await foreach (var head in records.QueryAsync(RecordQuery.Prefix(PolicyKeys.Table, partition, prefix), cancellationToken))
        {
            heads.Add(head);
        }

        var found = new List<ArchivedPolicy>(heads.Count);
        foreach (var chunk in heads.Chunk(ParallelReads))
        {
            found.AddRange(await Task.WhenAll(chunk.Select(head => LoadAsync(PolicyKeys.ScopeOfHead(head.Key.Row), head, cancellationToken))));
        }

        return found;
    }

    private async Task<ArchivedPolicy> LoadAsync(Scope scope, Record headRecord, CancellationToken cancellationToken)
    {
        var head = PolicyJson.Read(headRecord, PolicyJson.Default.PolicyHead);
        if (_cache.TryGetValue(scope.Path, out var cached) && cached.Version.Version == head.Version && cached.Version.Sha256 == head.Sha256)
        {
            return cached with { ETag = headRecord.ETag };
        }

        var key = headRecord.Key with { Row = PolicyKeys.DocumentRow(scope, head.Version) };
        var record = await records.GetAsync(key, cancellationToken) ?? throw new InvalidDataException($"{headRecord.Key} points at {key}, which is not there.");
        var version = PolicyJson.Read(record, PolicyJson.Default.PolicyVersion);
        var archived = new ArchivedPolicy(scope, version, headRecord.ETag, PolicyParser.Parse(version.Yaml, scope));
        _cache[scope.Path] = archived;
        return archived;
    }
}
