namespace Gatehouse.Core.Estate;

/// <summary>Reads the registries of an estate file. Names and hosts are unique over the whole estate.</summary>
/// <param name="suffix">What hosts end in that the file leaves out.</param>
internal sealed class RegistryReader(EstateReader reader, string suffix)
{
    private static readonly string[] RegistryKeys = ["name", "resourceId", "loginServer", "home", "bulkhead", "quarantine", "regions"];
    private static readonly string[] RegionKeys = ["name", "endpoint"];

    private readonly Dictionary<string, int> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _hosts = [];

    public List<RegistryDefinition> Read(IReadOnlyList<EstateNode> nodes)
    {
        var registries = new List<RegistryDefinition>();
        for (var index = 0; index < nodes.Count; index++)
        {
            if (ReadRegistry(nodes[index], $"registries[{index}]") is { } registry)
            {
                registries.Add(registry);
            }
        }

        return registries;
    }

    private RegistryDefinition? ReadRegistry(EstateNode node, string path)
    {
        if (reader.Map(node, path, RegistryKeys, ["name", "resourceId", "home", "regions"]) is not { } fields)
        {
            return null;
        }

        var name = fields.Text("name", EstateRules.NameAllowed, EstateRules.IsName);
        Once(_names, name, fields.LineOf("name"), fields.PathOf("name"), "a name of its own for every registry");
        var resourceId = fields.Text("resourceId", EstateRules.ResourceIdAllowed(name ?? "<name>"), text => EstateRules.IsResourceId(text, name));
        var host = name?.ToLowerInvariant() ?? "unnamed";
        var loginServer = fields.Text("loginServer", EstateRules.HostAllowed, EstateRules.IsHost) ?? (name is null ? null : $"{host}.{suffix}");
        Once(_hosts, loginServer, fields.LineOf("loginServer"), fields.PathOf("loginServer"), "a host of its own for every login server and endpoint");
        var bulkhead = fields.Text("bulkhead", EstateRules.BulkheadAllowed, EstateRules.IsBulkhead) ?? name;
        var replicas = ReadRegions(fields, name, host);
        var regions = replicas.ConvertAll(replica => replica.Region);
        var home = fields.Text("home", regions.Count == 0 ? EstateRules.RegionAllowed : $"one of the registry's regions: {string.Join(", ", regions)}", regions.Contains);
        return new RegistryDefinition(name ?? string.Empty, resourceId ?? string.Empty, loginServer ?? string.Empty, home ?? string.Empty, bulkhead ?? string.Empty, replicas)
        {
            Quarantine = fields.Text("quarantine", EstateRules.SwitchAllowed, EstateRules.IsSwitch) == "true",
        };
    }

    private List<ReplicaDefinition> ReadRegions(EstateFields fields, string? name, string host)
    {
        var replicas = new List<ReplicaDefinition>();
        var nodes = fields.List("regions", "a list of at least one region");
        for (var index = 0; index < nodes.Count; index++)
        {
            var path = $"{fields.PathOf("regions")}[{index}]";
            var (region, endpoint) = ReadRegion(nodes[index], path);
            if (region is null)
            {
                continue;
            }

            if (replicas.Exists(replica => replica.Region == region))
            {
                reader.Report(nodes[index].Line, path, region, "each region once");
                continue;
            }

            endpoint ??= name is null ? null : $"{host}.{region}.geo.{suffix}";
            Once(_hosts, endpoint, nodes[index].Line, path, "a host of its own for every login server and endpoint");
            replicas.Add(new ReplicaDefinition(name ?? string.Empty, region, endpoint ?? string.Empty));
        }

        return replicas;
    }

    private (string? Region, string? Endpoint) ReadRegion(EstateNode node, string path)
    {
        if (node is EstateNode.Text)
        {
            return (reader.Text(node, path, EstateRules.RegionAllowed, EstateRules.IsRegion), null);
        }

        return reader.Map(node, path, RegionKeys, ["name"]) is { } fields
            ? (fields.Text("name", EstateRules.RegionAllowed, EstateRules.IsRegion), fields.Text("endpoint", EstateRules.HostAllowed, EstateRules.IsHost))
            : (null, null);
    }

    private void Once(Dictionary<string, int> seen, string? value, int line, string path, string allowed)
    {
        if (value is not null && !seen.TryAdd(value, line))
        {
            reader.Report(line, path, value, $"{allowed}; this one stands on line {seen[value]} already");
        }
    }
}
