using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Composition;

namespace Gatehouse.Core.Policies.Rules;

/// <summary>Where an image may come from: no document denies it, every document with an allow list allows it, and at least one has such a list.</summary>
internal sealed class SourcesRule : IPolicyRule
{
    public string Name => "sources";

    public RuleJudgement Judge(RuleSet policy, EvidenceSet evidence)
    {
        var name = evidence.Candidate.Source.Name;
        if (policy.DeniedSources.FirstOrDefault(pattern => pattern.Value.Matches(name)) is { } denied)
        {
            return this.Fail(denied.Origin, $"{name} is denied by '{denied.Value}'.");
        }

        if (policy.AllowedSources.Count == 0)
        {
            return new RuleJudgement(Name, RuleOutcome.Fail, null, 0, $"No policy allows any source, so {name} is not allowed; list it under rules.sources.allow.");
        }

        if (policy.AllowedSources.FirstOrDefault(list => !list.Covers(name)) is { } narrow)
        {
            return this.Fail(narrow.Origin, $"{name} is not among the allowed sources: {string.Join(", ", narrow.Patterns.Select(pattern => pattern.Value))}.");
        }

        var allowed = policy.AllowedSources[^1].Patterns.First(pattern => pattern.Value.Matches(name));
        return this.Pass(allowed.Origin, $"{name} is allowed by '{allowed.Value}'.");
    }
}
