namespace Gatehouse.Core.Policies.Composition;

/// <summary>Composes rule sets from the organization down. The tightest of each wins, whoever asks for it; of equals, the upper one is named.</summary>
/// <remarks>Associative: composing a chain in any grouping gives the same.</remarks>
internal static class Composer
{
    public static RuleSet Compose(IEnumerable<RuleSet> fromRoot) => fromRoot.Aggregate(RuleSet.Empty, Compose);

    public static RuleSet Compose(RuleSet upper, RuleSet lower) => new()
    {
        AllowedSources = [.. upper.AllowedSources, .. lower.AllowedSources],
        DeniedSources = Unite(upper.DeniedSources, lower.DeniedSources, pattern => pattern.Text),
        MutableTags = Unite(upper.MutableTags, lower.MutableTags, pattern => pattern.Text),
        Platforms = Unite(upper.Platforms, lower.Platforms, platform => platform),
        MaxSize = Tighter(upper.MaxSize, lower.MaxSize, (a, b) => b < a),
        MaxSeverity = Tighter(upper.MaxSeverity, lower.MaxSeverity, (a, b) => b < a),
        Scanners = Unite(upper.Scanners, lower.Scanners, name => name),
        Approvals = Tighter(upper.Approvals, lower.Approvals, (a, b) => b > a),
        SeparationOfDuties = Tighter(upper.SeparationOfDuties, lower.SeparationOfDuties, (a, b) => b && !a),
    };

    private static List<Sourced<T>> Unite<T, TKey>(IReadOnlyList<Sourced<T>> upper, IReadOnlyList<Sourced<T>> lower, Func<T, TKey> key) =>
        [.. upper.Concat(lower).DistinctBy(item => key(item.Value))];

    private static Sourced<T>? Tighter<T>(Sourced<T>? upper, Sourced<T>? lower, Func<T, T, bool> lowerIsTighter)
    {
        if (upper is null || lower is null)
        {
            return upper ?? lower;
        }

        return lowerIsTighter(upper.Value, lower.Value) ? lower : upper;
    }
}
