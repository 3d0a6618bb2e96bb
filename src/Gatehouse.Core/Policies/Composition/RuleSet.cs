using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Policies.Patterns;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Composition;

/// <summary>The document and the line, 1-based, that say something.</summary>
internal readonly record struct Origin(Scope Scope, int Line)
{
    public override string ToString() => $"{Scope} line {Line}";
}

/// <summary>A value, and who asks for it.</summary>
internal sealed record Sourced<T>(T Value, Origin Origin);

/// <summary>One document's list of sources it allows.</summary>
internal sealed record AllowList(IReadOnlyList<Sourced<SourcePattern>> Patterns, Origin Origin)
{
    public bool Covers(string name) => Patterns.Any(pattern => pattern.Value.Matches(name));
}

/// <summary>What one document demands, or several composed. Null and empty mean: nothing is said.</summary>
internal sealed record RuleSet
{
    public static RuleSet Empty { get; } = new();

    /// <summary>Every list must allow a source: composed lists intersect.</summary>
    public IReadOnlyList<AllowList> AllowedSources { get; init; } = [];

    public IReadOnlyList<Sourced<SourcePattern>> DeniedSources { get; init; } = [];

    public IReadOnlyList<Sourced<TagPattern>> MutableTags { get; init; } = [];

    public IReadOnlyList<Sourced<Platform>> Platforms { get; init; } = [];

    /// <summary>Compressed bytes.</summary>
    public Sourced<long>? MaxSize { get; init; }

    public Sourced<Severity>? MaxSeverity { get; init; }

    public IReadOnlyList<Sourced<string>> Scanners { get; init; } = [];

    public Sourced<int>? Approvals { get; init; }

    public Sourced<bool>? SeparationOfDuties { get; init; }
}
