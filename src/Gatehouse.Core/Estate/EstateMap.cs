using System.Text.Json.Serialization;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>One registry in one region.</summary>
/// <param name="Endpoint">Host and optional port of the replica's own login server, e.g. <c>contoso.westeurope.geo.azurecr.io</c>.</param>
public sealed record ReplicaDefinition(string Registry, string Region, string Endpoint)
{
    public string Id => $"{Registry}/{Region}";
}

/// <summary>One Azure Container Registry.</summary>
/// <param name="ResourceId">ARM id.</param>
/// <param name="LoginServer">Global host and optional port, lower case.</param>
/// <param name="HomeRegion">Where its configuration lives.</param>
/// <param name="Bulkhead">The failure domain it belongs to; registries of different bulkheads share none.</param>
public sealed record RegistryDefinition(
    string Name,
    string ResourceId,
    string LoginServer,
    string HomeRegion,
    string Bulkhead,
    IReadOnlyList<ReplicaDefinition> Replicas)
{
    /// <summary>Whether what is pushed stays hidden until it is passed: the registry's quarantine policy is on.</summary>
    public bool Quarantine { get; init; }

    /// <summary>The replica of the home region, which sees one registry's writes in order.</summary>
    [JsonIgnore]
    public ReplicaDefinition Home => Replicas.FirstOrDefault(replica => replica.Region == HomeRegion) ?? Replicas[0];
}

/// <summary>What the estate promises; null where it promises nothing.</summary>
/// <param name="Availability">Percent of the time, e.g. 99.99.</param>
/// <param name="RecoveryTime">How long hosts may wait for images after a region is lost.</param>
/// <param name="ReplicationLag">How long a replica may take to serve what its registry imported.</param>
public sealed record EstateObjectives(double? Availability = null, TimeSpan? RecoveryTime = null, TimeSpan? ReplicationLag = null);

/// <summary>All registries, as <c>estate.yaml</c> describes them.</summary>
/// <param name="TargetPattern">Where upstream repositories land, with <c>{registry}</c> and <c>{repository}</c> filled in.</param>
public sealed record EstateMap(IReadOnlyList<RegistryDefinition> Registries, string TargetPattern = EstateMap.DefaultTargetPattern)
{
    public const string DefaultTargetPattern = "{registry}/{repository}";

    /// <summary>Region of hosts to the ids of the replicas they should pull from, in order; see <see cref="ReplicaDefinition.Id"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Affinity { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public EstateObjectives Objectives { get; init; } = new();

    [JsonIgnore]
    public IEnumerable<ReplicaDefinition> Replicas => Registries.SelectMany(registry => registry.Replicas);

    /// <summary>By registry name; names compare without case, as Azure compares them.</summary>
    public RegistryDefinition? Find(string registry) => Registries.FirstOrDefault(candidate => string.Equals(candidate.Name, registry, StringComparison.OrdinalIgnoreCase));

    /// <summary>The estate repository of an upstream image. A port's colon becomes '-', for repositories have none.</summary>
    public string TargetRepository(ImageReference source) => TargetPattern
        .Replace("{registry}", source.Registry.Replace(':', '-'), StringComparison.Ordinal)
        .Replace("{repository}", source.Repository, StringComparison.Ordinal);
}

/// <summary>Gives the estate as configured now; implementations read and validate <c>estate.yaml</c> once.</summary>
public interface IEstateProvider
{
    Task<EstateMap> GetAsync(CancellationToken cancellationToken);
}
