namespace Gatehouse.Core.Policies.Documents;

/// <summary>A mapping of a policy document with a closed set of keys. Every getter notes what is wrong and gives null, so that reading goes on.</summary>
internal sealed class Section
{
    private readonly Dictionary<string, YamlEntry> _entries = [];
    private readonly string _path;
    private readonly Problems _problems;

    private Section(string path, Problems problems) => (_path, _problems) = (path, problems);

    /// <summary>Null, with a problem, when <paramref name="node"/> is not a mapping. Unknown and repeated keys are problems.</summary>
    public static Section? Open(YamlNode node, string path, Problems problems, params IReadOnlyList<string> keys)
    {
        if (node is not YamlMap map)
        {
            problems.Add(path, node.Line, $"this must be a mapping, not {node.Kind}", keys);
            return null;
        }

        var section = new Section(path, problems);
        foreach (var entry in map.Entries)
        {
            if (!keys.Contains(entry.Key))
            {
                problems.Add(section.PathOf(entry.Key), entry.Line, $"{Problems.Show(entry.Key)} is not a key here", keys);
            }
            else if (!section._entries.TryAdd(entry.Key, entry))
            {
                problems.Add(section.PathOf(entry.Key), entry.Line, $"the key stands twice, first in line {section._entries[entry.Key].Line}");
            }
        }

        return section;
    }

    public YamlEntry? Find(string key) => _entries.GetValueOrDefault(key);

    public string PathOf(string key)
    {
        var shown = key.Length > 40 ? key[..40] + "…" : key;
        shown = string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
        return _path.Length == 0 ? shown : $"{_path}.{shown}";
    }

    public Section? FindSection(string key, params IReadOnlyList<string> keys) =>
        Find(key) is { } entry ? Open(entry.Value, PathOf(key), _problems, keys) : null;

    /// <summary>The single value behind a key.</summary>
    public YamlText? FindText(string key) => Find(key) is { } entry ? TextOf(entry.Value, PathOf(key), entry.Line) : null;

    /// <summary>Reads a single value; <paramref name="expected"/> completes "write …".</summary>
    public (T Value, int Line)? FindValue<T>(string key, TryParse<T> parse, string expected, params IReadOnlyList<string> allowed)
    {
        if (FindText(key) is not { } text)
        {
            return null;
        }

        if (parse(text, out var value))
        {
            return (value, text.Line);
        }

        _problems.Add(PathOf(key), text.Line, $"{Problems.Show(text.Value)} is not {expected}", allowed);
        return null;
    }

    /// <summary>Reads a list; each item is parsed, or refused with the reason <paramref name="parse"/> gives.</summary>
    public IReadOnlyList<(T Value, int Line)>? FindList<T>(string key, string example, Func<string, (T? Value, string Problem)> parse)
        where T : class
    {
        if (Find(key) is not { } entry)
        {
            return null;
        }

        if (entry.Value is not YamlList { Items.Count: > 0 and <= PolicyLimits.MaxListItems } list)
        {
            var found = entry.Value is YamlList { Items.Count: var count } ? $"one of {count} items" : entry.Value.Kind;
            _problems.Add(PathOf(key), entry.Line, $"this must be a list of 1 to {PolicyLimits.MaxListItems} items, e.g. {example}, not {found}; to say nothing, leave the key out");
            return null;
        }

        var items = new List<(T, int)>();
        var lines = new Dictionary<string, int>();
        foreach (var (index, node) in list.Items.Index())
        {
            var path = $"{PathOf(key)}[{index}]";
            if (TextOf(node, path, node.Line) is not { } text)
            {
                continue;
            }

            var (value, problem) = parse(text.Value);
            if (value is null)
            {
                _problems.Add(path, text.Line, $"{Problems.Show(text.Value)}: {problem}");
            }
            else if (!lines.TryAdd(text.Value, text.Line))
            {
                _problems.Add(path, text.Line, $"{Problems.Show(text.Value)} stands twice, first in line {lines[text.Value]}");
            }
            else
            {
                items.Add((value, text.Line));
            }
        }

        return items;
    }

    private YamlText? TextOf(YamlNode node, string path, int line)
    {
        if (node is YamlText { IsNull: false } text)
        {
            return text;
        }

        _problems.Add(path, line, $"this must be a single value, not {node.Kind}");
        return null;
    }
}

internal delegate bool TryParse<T>(YamlText text, out T value);
