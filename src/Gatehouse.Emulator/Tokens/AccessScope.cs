namespace Gatehouse.Emulator.Tokens;

/// <summary>What may be done with one thing. Source: distribution token scope grammar, <c>type:name:action[,action]</c>.</summary>
internal sealed record AccessScope(string Type, string Name, IReadOnlyList<string> Actions)
{
    public static AccessScope Catalog { get; } = new("registry", "catalog", ["*"]);

    public static AccessScope Repository(string name, params IReadOnlyList<string> actions) => new("repository", name, actions);

    /// <summary>Null when the text is no scope.</summary>
    public static AccessScope? Parse(string text)
    {
        var first = text.IndexOf(':', StringComparison.Ordinal);
        var last = text.LastIndexOf(':');
        return first <= 0 || last <= first + 1
            ? null
            : new AccessScope(text[..first], text[(first + 1)..last], text[(last + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Whether one of <paramref name="held"/> allows <paramref name="action"/> on this thing.</summary>
    public bool IsIn(IReadOnlyList<AccessScope> held, string action) =>
        held.Any(scope => scope.Type == Type && scope.Name == Name && (scope.Actions.Contains(action) || scope.Actions.Contains("*")));

    public override string ToString() => $"{Type}:{Name}:{string.Join(',', Actions)}";
}
