using Gatehouse.Local.Hosting;

namespace Gatehouse.Local.Reports;

/// <summary>What <c>up --json</c> prints.</summary>
internal sealed record UpReport(string Api, string Upstream, IReadOnlyList<UpRegistry> Registries, IReadOnlyList<UpPerson> People)
{
    /// <summary>Where governance events are published to.</summary>
    public required string Topic { get; init; }

    public static UpReport Of(LocalEstate estate) => new(
        estate.AppUri.ToString(),
        estate.UpstreamHost,
        [.. new[] { LocalEstate.Hub, LocalEstate.Edge }.Select(estate.Emulator.Registry).Select(registry => new UpRegistry(
            registry.Name,
            registry.LoginServer,
            [.. registry.Replicas.Select(replica => new UpReplica(replica.Region, replica.Endpoint))]))],
        [.. LocalPeople.All.Select(person => new UpPerson(person.Subject, person.Roles, estate.TokenFor(person)))])
    {
        Topic = estate.Emulator.Topic(LocalEstate.Topic).Endpoint.ToString(),
    };
}

internal sealed record UpRegistry(string Name, string LoginServer, IReadOnlyList<UpReplica> Replicas);

internal sealed record UpReplica(string Region, string Endpoint);

internal sealed record UpPerson(string Name, IReadOnlyList<string> Roles, string Token);
