using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gatehouse.Core.Estate;

/// <summary>A YAML node that still knows its line; read from events because the object model stops at the first duplicate key.</summary>
internal abstract record EstateNode(int Line)
{
    public sealed record Text(string Value, int Line) : EstateNode(Line);

    public sealed record List(IReadOnlyList<EstateNode> Items, int Line) : EstateNode(Line);

    public sealed record Map(IReadOnlyList<Entry> Entries, int Line) : EstateNode(Line);

    public sealed record Entry(string Key, int Line, EstateNode Value);

    /// <summary>What a person sees of it in an error.</summary>
    public string Shown => this switch
    {
        Text text => text.Value,
        List list => $"a list of {list.Items.Count}",
        Map map => $"a map of {map.Entries.Count}",
        _ => string.Empty,
    };
}

internal static class EstateNodeReader
{
    /// <summary>Levels of nesting; the format needs five.</summary>
    private const int MaxDepth = 16;

    /// <exception cref="YamlException">The text is not YAML, has more than one document, or uses anchors, aliases or non-scalar keys.</exception>
    public static EstateNode? Read(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode(parser, 0);
        parser.Consume<DocumentEnd>();
        return parser.Accept<DocumentStart>(out var second)
            ? throw new YamlException(second.Start, second.End, "a second document starts here; an estate is one document")
            : root;
    }

    private static EstateNode ReadNode(Parser parser, int depth)
    {
        var start = parser.Current!;
        if (depth > MaxDepth)
        {
            throw new YamlException(start.Start, start.End, $"nested deeper than {MaxDepth} levels");
        }

        if (start is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            throw new YamlException(start.Start, start.End, "anchors and aliases are not used in an estate; write the value out");
        }

        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<EstateNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, depth + 1));
            }

            return new EstateNode.List(items, Line(sequence));
        }

        if (parser.TryConsume<MappingStart>(out var mapping))
        {
            var entries = new List<EstateNode.Entry>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = ReadNode(parser, depth + 1) as EstateNode.Text
                    ?? throw new YamlException(mapping.Start, mapping.End, "a key is not a plain word");
                entries.Add(new(key.Value, key.Line, ReadNode(parser, depth + 1)));
            }

            return new EstateNode.Map(entries, Line(mapping));
        }

        var scalar = parser.Consume<Scalar>();
        return new EstateNode.Text(scalar.Value, Line(scalar));
    }

    private static int Line(ParsingEvent parsed) => (int)parsed.Start.Line;
}
