using System.Collections.Concurrent;

namespace Gatehouse.Emulator.Requests;

/// <summary>What a request was about.</summary>
public enum RequestKind
{
    Other,
    Ping,
    Manifest,
    Blob,
    Upload,
    Tags,
    Catalog,
    Referrers,
    Token,
    Exchange,
    Repositories,
    Repository,
    RepositoryTags,
    RepositoryManifests,
    BlobData,
    ArmRegistry,
    ArmReplications,
    ArmImport,
    ArmOperation,
    ArmUsages,
    ArmCacheRules,
    ArmCredentialSets,
}

/// <param name="Endpoint"><c>global</c>, <c>data</c>, <c>arm</c> or the region.</param>
public readonly record struct RequestKey(string Endpoint, string Method, RequestKind Kind);

/// <summary>Requests seen since the start or the last reset.</summary>
public sealed record RequestSnapshot(IReadOnlyDictionary<RequestKey, long> Counts)
{
    public long Total => Counts.Values.Sum();

    /// <summary>Sums what matches; null matches everything.</summary>
    public long Count(RequestKind? kind = null, string? method = null, string? endpoint = null) => Counts
        .Where(entry => (kind is null || entry.Key.Kind == kind) && (method is null || entry.Key.Method == method) && (endpoint is null || entry.Key.Endpoint == endpoint))
        .Sum(entry => entry.Value);
}

/// <summary>Counts requests, so that tests can hold clients to a budget. Refused requests count, aborted connections do not.</summary>
public sealed class RequestCounter
{
    private readonly ConcurrentDictionary<RequestKey, long> _counts = [];

    internal RequestCounter()
    {
    }

    public RequestSnapshot Snapshot() => new(_counts.ToDictionary());

    public void Reset() => _counts.Clear();

    internal void Add(string endpoint, string method, RequestKind kind) =>
        _counts.AddOrUpdate(new RequestKey(endpoint, method, kind), 1, static (_, count) => count + 1);
}
