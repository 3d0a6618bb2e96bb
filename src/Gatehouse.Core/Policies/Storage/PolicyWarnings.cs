using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Patterns;

namespace Gatehouse.Core.Policies.Storage;

/// <summary>Says which documents below a policy ask for less than it. Composition overrules them, so nothing is let in; but their authors should know.</summary>
internal static class PolicyWarnings
{
    public static IReadOnlyList<string> Find(ArchivedPolicy policy, IEnumerable<ArchivedPolicy> others)
    {
        if (!policy.Document.TryGet(out var upper, out _))
        {
            return [$"{policy.Scope} version {policy.Version.Version} no longer reads; apply a new one."];
        }

        var warnings = new List<string>();
        foreach (var below in others.Where(other => other.Scope != policy.Scope && policy.Scope.Contains(other.Scope)).OrderBy(other => other.Scope.Path, StringComparer.Ordinal))
        {
            if (below.Document.TryGet(out var lower, out _))
            {
                warnings.AddRange(Tightening.FindLoosenings(lower, upper, new PatternCover()).Select(loosening => $"{loosening.Message}; {policy.Scope} prevails."));
            }
            else
            {
                warnings.Add($"{below.Scope} version {below.Version.Version} no longer reads; apply a new one.");
            }
        }

        return warnings;
    }
}
