using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Estate;

internal static partial class Log
{
    [LoggerMessage(1800, LogLevel.Information, "Read the estate from {Source}: {Registries} registries, {Replicas} replicas")]
    public static partial void EstateRead(ILogger logger, string source, int registries, int replicas);

    [LoggerMessage(1801, LogLevel.Information, "Recorded the release of {Repository}@{Digest} by intake {Intake}; {Moved} older releases gave up tags")]
    public static partial void ReleaseRecorded(ILogger logger, string repository, string digest, string intake, int moved);

    [LoggerMessage(1802, LogLevel.Warning, "Replica {Replica} went from {Before} to {After}: {Reason}")]
    public static partial void ReplicaHealthChanged(ILogger logger, string replica, ReplicaHealth before, ReplicaHealth after, string? reason);

    [LoggerMessage(1803, LogLevel.Warning, "Replica {Replica} drifted in {Repository}: {Count} new differences, the first {First}")]
    public static partial void ReplicaDrifted(ILogger logger, string replica, string repository, int count, string first);

    [LoggerMessage(1804, LogLevel.Information, "Probed {Replicas} replicas over {Repositories} repositories: {Healthy} healthy, {Drifted} manifests drifted")]
    public static partial void ProbeFinished(ILogger logger, int replicas, int repositories, int healthy, int drifted);

    [LoggerMessage(1805, LogLevel.Warning, "Replica {Replica} gave no manifest list of {Repository}: {Reason}")]
    public static partial void ListFailed(ILogger logger, string replica, string repository, string? reason);

    [LoggerMessage(1806, LogLevel.Warning, "Push {EventId} to {LoginServer}/{Repository}@{Digest} belongs to no release and no intake")]
    public static partial void PushUnapproved(ILogger logger, string eventId, string loginServer, string repository, string digest);

    [LoggerMessage(1807, LogLevel.Information, "Push {EventId} went to {LoginServer}, which is not in the estate")]
    public static partial void PushElsewhere(ILogger logger, string eventId, string loginServer);

    [LoggerMessage(1808, LogLevel.Warning, "Replica {Replica} is {Health} since {Since:O}: {Reason}")]
    public static partial void ReplicaUnhealthy(ILogger logger, string replica, ReplicaHealth health, DateTimeOffset since, string? reason);
}
