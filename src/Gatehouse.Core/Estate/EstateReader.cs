namespace Gatehouse.Core.Estate;

/// <summary>Walks the nodes of an estate file and collects what is wrong instead of stopping.</summary>
internal sealed class EstateReader
{
    private readonly List<EstateIssue> _issues = [];

    public IReadOnlyList<EstateIssue> Issues => _issues;

    public void Report(int line, string path, string value, string allowed) => _issues.Add(new(line, path, value, allowed));

    /// <summary>The entries of a map by key; unknown, duplicate and missing keys are reported.</summary>
    public EstateFields? Map(EstateNode node, string path, IReadOnlyList<string> known, IReadOnlyList<string> required)
    {
        if (node is not EstateNode.Map map)
        {
            Report(node.Line, path, node.Shown, $"a map with the keys {string.Join(", ", known)}");
            return null;
        }

        var fields = new Dictionary<string, EstateNode>();
        foreach (var entry in map.Entries)
        {
            if (!known.Contains(entry.Key))
            {
                Report(entry.Line, Join(path, entry.Key), entry.Key, $"one of the keys {string.Join(", ", known)}");
            }
            else if (!fields.TryAdd(entry.Key, entry.Value))
            {
                Report(entry.Line, Join(path, entry.Key), entry.Key, $"the key once; it stands on line {fields[entry.Key].Line} already");
            }
        }

        foreach (var key in required.Where(key => !fields.ContainsKey(key)))
        {
            Report(map.Line, Join(path, key), string.Empty, $"the key {key}, which is missing");
        }

        return new EstateFields(this, path, map.Line, fields);
    }

    public IReadOnlyList<EstateNode> List(EstateNode node, string path, string allowed)
    {
        if (node is EstateNode.List { Items.Count: > 0 } list)
        {
            return list.Items;
        }

        Report(node.Line, path, node.Shown, allowed);
        return [];
    }

    /// <summary>A scalar that passes; otherwise it is reported and null is returned.</summary>
    public string? Text(EstateNode node, string path, string allowed, Func<string, bool> passes)
    {
        if (node is EstateNode.Text text && passes(text.Value))
        {
            return text.Value;
        }

        Report(node.Line, path, node.Shown, allowed);
        return null;
    }

    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}

/// <summary>The known entries of one map.</summary>
internal sealed class EstateFields(EstateReader reader, string path, int line, IReadOnlyDictionary<string, EstateNode> fields)
{
    public int Line { get; } = line;

    public string PathOf(string key) => EstateReader.Join(path, key);

    public EstateNode? Node(string key) => fields.GetValueOrDefault(key);

    public int LineOf(string key) => Node(key)?.Line ?? Line;

    /// <summary>Null when the key is missing or its value does not pass.</summary>
    public string? Text(string key, string allowed, Func<string, bool> passes) =>
        Node(key) is { } node ? reader.Text(node, PathOf(key), allowed, passes) : null;

    public IReadOnlyList<EstateNode> List(string key, string allowed) =>
        Node(key) is { } node ? reader.List(node, PathOf(key), allowed) : [];
}
