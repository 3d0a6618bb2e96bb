using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gatehouse.Core.Policies.Documents;

/// <summary>
/// Builds the tree of one YAML document from the parser's events, so that every value keeps its line. Anchors, aliases and tags are
/// refused: policies need none, and an alias can stand for a billion values.
/// </summary>
internal sealed class YamlTreeReader
{
    private const int MaxDepth = 12;

    private const int MaxNodes = 20_000;

    private readonly IParser _parser;
    private readonly Problems _problems;
    private int _nodes;

    private YamlTreeReader(IParser parser, Problems problems) => (_parser, _problems) = (parser, problems);

    /// <summary>The root, or null with at least one problem.</summary>
    public static YamlNode? Read(string text, Problems problems)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        try
        {
            return new YamlTreeReader(parser, problems).ReadDocument();
        }
        catch (YamlException exception)
        {
            problems.Add(string.Empty, Math.Max(1, (int)exception.Start.Line), "this is not YAML: " + Problems.Show(exception.Message));
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or EndOfStreamException or ArgumentException or FormatException or OverflowException)
        {
            // What the library throws, besides its own exception, where its state machine meets a token it did not expect.
            problems.Add(string.Empty, Math.Max(1, (int)(parser.Current?.End.Line ?? 1)), "this is not YAML; look at this line and the next");
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            _problems.Add(string.Empty, 1, "the document is empty");
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(1);
        if (root is null)
        {
            return null;
        }

        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            _problems.Add(string.Empty, (int)second.Start.Line, "a second document begins here; apply one document at a time");
            return null;
        }

        _parser.Consume<StreamEnd>();
        return root;
    }

    /// <summary>Null when the document goes beyond a limit and reading has to stop.</summary>
    private YamlNode? ReadNode(int depth)
    {
        var next = _parser.Consume<ParsingEvent>();
        var line = (int)next.Start.Line;
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            _problems.Add(string.Empty, line, depth > MaxDepth ? $"values are nested deeper than {MaxDepth} levels" : $"there are more than {MaxNodes} values");
            return null;
        }

        RefuseExtras(next, line);
        return next switch
        {
            Scalar scalar => new YamlText(scalar.Value, scalar.Style == ScalarStyle.Plain, line),
            SequenceStart => ReadList(line, depth),
            MappingStart => ReadMap(line, depth),
            _ => new YamlText(string.Empty, IsPlain: true, line),
        };
    }

    private void RefuseExtras(ParsingEvent node, int line)
    {
        switch (node)
        {
            case AnchorAlias alias:
                _problems.Add(string.Empty, line, $"aliases are not taken; write the value out instead of '*{alias.Value}'");
                break;
            case NodeEvent { Anchor.IsEmpty: false } anchored:
                _problems.Add(string.Empty, line, $"anchors are not taken; leave out '&{anchored.Anchor.Value}'");
                break;
            case NodeEvent tagged when !tagged.Tag.IsEmpty && tagged.Tag != "!":
                _problems.Add(string.Empty, line, $"tags are not taken; leave out {Problems.Show(tagged.Tag.Value)}");
                break;
            default:
                break;
        }
    }

    private YamlList? ReadList(int line, int depth)
    {
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            if (ReadNode(depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new YamlList(items, line);
    }

    private YamlMap? ReadMap(int line, int depth)
    {
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(depth + 1) is not { } key || ReadNode(depth + 1) is not { } value)
            {
                return null;
            }

            if (key is YamlText text)
            {
                entries.Add(new YamlEntry(text.Value, value, text.Line));
            }
            else
            {
                _problems.Add(string.Empty, key.Line, $"a key must be a word, not {key.Kind}");
            }
        }

        return new YamlMap(entries, line);
    }
}
