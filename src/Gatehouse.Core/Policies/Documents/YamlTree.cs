namespace Gatehouse.Core.Policies.Documents;

/// <summary>A value of a YAML document and the line, 1-based, it begins on.</summary>
internal abstract record YamlNode(int Line)
{
    /// <summary>For errors, e.g. <c>a list</c>.</summary>
    public abstract string Kind { get; }
}

/// <param name="IsPlain">Written without quotes and not as a block; only then <c>null</c>, <c>true</c> and the like are more than text.</param>
internal sealed record YamlText(string Value, bool IsPlain, int Line) : YamlNode(Line)
{
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "nothing" : "a single value";
}

internal sealed record YamlList(IReadOnlyList<YamlNode> Items, int Line) : YamlNode(Line)
{
    public override string Kind => "a list";
}

/// <param name="Line">Where the key stands.</param>
internal sealed record YamlEntry(string Key, YamlNode Value, int Line);

internal sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, int Line) : YamlNode(Line)
{
    public override string Kind => "a mapping";
}
