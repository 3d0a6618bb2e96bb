using YamlDotNet.Core;

namespace Gatehouse.Core.Estate;

/// <param name="Map">Null exactly when there are issues.</param>
internal sealed record EstateParse(EstateMap? Map, IReadOnlyList<EstateIssue> Issues);

/// <summary>Reads <c>estate.yaml</c>; reports everything that is wrong, not only the first.</summary>
internal sealed class EstateParser
{
    private static readonly string[] RootKeys = ["apiVersion", "kind", "target", "registries", "affinity", "objectives"];
    private static readonly string[] ObjectiveKeys = ["availability", "recoveryTime", "replicationLag"];

    private readonly EstateReader _reader = new();

    private readonly string _suffix;

    private EstateParser(string suffix) => _suffix = suffix;

    /// <param name="registrySuffix">What hosts end in that the file leaves out.</param>
    public static EstateParse Parse(string yaml, string registrySuffix = EstateOptions.DefaultRegistrySuffix)
    {
        var parser = new EstateParser(registrySuffix);
        try
        {
            var map = EstateNodeReader.Read(yaml) is { } root ? parser.ReadRoot(root) : parser.Empty();
            return parser._reader.Issues.Count == 0 ? new(map, []) : new(null, [.. parser._reader.Issues.OrderBy(issue => issue.Line)]);
        }
        catch (YamlException exception)
        {
            return new(null, [new((int)exception.Start.Line, string.Empty, exception.Message, "a valid YAML document")]);
        }
    }

    private EstateMap? Empty()
    {
        _reader.Report(1, string.Empty, string.Empty, $"apiVersion: {EstateRules.ApiVersion}, kind: {EstateRules.Kind} and registries");
        return null;
    }

    private EstateMap? ReadRoot(EstateNode root)
    {
        if (_reader.Map(root, string.Empty, RootKeys, ["apiVersion", "kind", "registries"]) is not { } fields)
        {
            return null;
        }

        fields.Text("apiVersion", EstateRules.ApiVersion, text => text == EstateRules.ApiVersion);
        fields.Text("kind", EstateRules.Kind, text => text == EstateRules.Kind);
        var target = fields.Text("target", EstateRules.TargetAllowed, EstateRules.IsTarget);
        var registries = new RegistryReader(_reader, _suffix).Read(fields.List("registries", "a list of at least one registry"));
        return new EstateMap(registries, target ?? EstateMap.DefaultTargetPattern)
        {
            Affinity = ReadAffinity(fields, [.. registries.SelectMany(registry => registry.Replicas).Select(replica => replica.Id)]),
            Objectives = ReadObjectives(fields),
        };
    }

    private Dictionary<string, IReadOnlyList<string>> ReadAffinity(EstateFields fields, IReadOnlyList<string> replicas)
    {
        var affinity = new Dictionary<string, IReadOnlyList<string>>();
        if (fields.Node("affinity") is not { } node)
        {
            return affinity;
        }

        if (node is not EstateNode.Map map)
        {
            _reader.Report(node.Line, "affinity", node.Shown, "a map of a region of hosts to a list of replicas");
            return affinity;
        }

        foreach (var entry in map.Entries)
        {
            var path = $"affinity.{entry.Key}";
            if (!EstateRules.IsRegion(entry.Key))
            {
                _reader.Report(entry.Line, path, entry.Key, EstateRules.RegionAllowed);
            }

            if (!affinity.TryAdd(entry.Key, ReadOrder(entry.Value, path, replicas)))
            {
                _reader.Report(entry.Line, path, entry.Key, "each region once");
            }
        }

        return affinity;
    }

    private List<string> ReadOrder(EstateNode node, string path, IReadOnlyList<string> replicas)
    {
        var order = new List<string>();
        var allowed = $"one of {string.Join(", ", replicas)}";
        foreach (var (item, index) in _reader.List(node, path, $"a list of replicas, each {allowed}").Select((item, index) => (item, index)))
        {
            var itemPath = $"{path}[{index}]";
            if (_reader.Text(item, itemPath, allowed, replicas.Contains) is not { } replica)
            {
                continue;
            }

            if (order.Contains(replica))
            {
                _reader.Report(item.Line, itemPath, replica, "each replica once");
                continue;
            }

            order.Add(replica);
        }

        return order;
    }

    private EstateObjectives ReadObjectives(EstateFields root)
    {
        if (root.Node("objectives") is not { } node || _reader.Map(node, "objectives", ObjectiveKeys, []) is not { } fields)
        {
            return new EstateObjectives();
        }

        var availability = fields.Text("availability", EstateRules.AvailabilityAllowed, text => EstateRules.Percentage(text) is not null);
        return new EstateObjectives(
            availability is null ? null : EstateRules.Percentage(availability),
            Duration(fields, "recoveryTime"),
            Duration(fields, "replicationLag"));
    }

    private static TimeSpan? Duration(EstateFields fields, string key) =>
        fields.Text(key, EstateRules.DurationAllowed, text => EstateRules.Duration(text) is not null) is { } text ? EstateRules.Duration(text) : null;
}
