namespace Gatehouse.Cli.Wire;

internal sealed record PolicyDocument(string Scope, int Version, ActorDocument AppliedBy, DateTimeOffset AppliedAt, IReadOnlyList<string> Warnings);

internal sealed record PolicyListDocument(IReadOnlyList<PolicyDocument> Policies);

/// <summary>Ours: the API answers with the YAML itself.</summary>
internal sealed record PolicyText(string Scope, string? ETag, string Yaml);

internal sealed record WatchSubmission(string Scope, string Repository, IReadOnlyList<string> Tags);

internal sealed record WatchDocument(string Id, string Scope, string Repository, IReadOnlyList<string> Tags, ActorDocument CreatedBy, DateTimeOffset CreatedAt);

internal sealed record WatchListDocument(IReadOnlyList<WatchDocument> Watches);

internal sealed record EstateDocument(string TargetPattern, IReadOnlyList<RegistryDocument> Registries, IReadOnlyList<QueueDocument>? Queues = null);

internal sealed record QueueDocument(string Name, long? Waiting = null, long? Poison = null, string? Problem = null);

internal sealed record RequeueDocument(string Queue, int Requeued, int? Stayed = null, string? Problem = null);

internal sealed record RegistryDocument(string Name, string LoginServer, string HomeRegion, string Bulkhead, IReadOnlyList<RegionDocument> Replicas);

internal sealed record RegionDocument(string Region, string Endpoint);

internal sealed record EstateHealthDocument(IReadOnlyList<ReplicaHealthDocument> Replicas);

internal sealed record ReplicaHealthDocument(
    string Registry,
    string Region,
    string Health,
    DateTimeOffset Since,
    int Missing,
    DateTimeOffset? LastSeen = null,
    string? Reason = null,
    long? LastLagMs = null);

internal sealed record CheckpointDocument(string Origin, long Size, string Root, DateTimeOffset At, string KeyId, string Body, byte[] Signature);

/// <summary>Ours: what an export left behind.</summary>
internal sealed record ExportReceipt(string File, long Bytes);

/// <summary>Ours: what an offline verification found; the members after <c>verified</c> are null when it is false, and the last two when it is true.</summary>
internal sealed record VerificationReport(
    bool Verified,
    string? Origin = null,
    long? Size = null,
    string? Root = null,
    DateTimeOffset? At = null,
    string? KeyFingerprint = null,
    bool? KeyPinned = null,
    bool? ExtendsEarlier = null,
    string? Code = null,
    string? Message = null);
