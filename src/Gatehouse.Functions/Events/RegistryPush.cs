using Gatehouse.Core.Images;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Events;

/// <summary>A push one of our registries reports. Source: EventGrid data-plane schema Microsoft.ContainerRegistry 2018-01-01.</summary>
/// <param name="LoginServer">The host the push went to.</param>
/// <param name="Region">Of the replica that took it, when the event says.</param>
internal sealed record RegistryPush(string EventId, string LoginServer, string Repository, string? Tag, Digest Digest, string? Region)
{
    public const string ImagePushed = "Microsoft.ContainerRegistry.ImagePushed";

    /// <summary>Null for other events: deletions are found by the replica probe, charts are not images.</summary>
    /// <param name="host">The login server of the registry the event is about, see <see cref="RegistryHosts"/>; null when nothing tells it.</param>
    public static Result<RegistryPush?> Read(GridEvent source, string? host)
    {
        if (source.Type != ImagePushed)
        {
            return (RegistryPush?)null;
        }

        var repository = source.Data.Text("target", "repository");
        if (string.IsNullOrEmpty(repository) || host is null)
        {
            return new Error(ErrorKind.Invalid, "event-malformed", $"The push event '{source.Id}' names no repository or registry.", "data.target.repository");
        }

        return Digest.Parse(source.Data.Text("target", "digest")).Map(digest =>
            (RegistryPush?)new RegistryPush(source.Id, host.ToLowerInvariant(), repository, source.Data.Text("target", "tag"), digest, source.Data.Text("location")));
    }
}
