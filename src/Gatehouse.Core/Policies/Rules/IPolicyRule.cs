using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Composition;

namespace Gatehouse.Core.Policies.Rules;

/// <summary>One rule. Pure: the same policy and evidence always give the same judgement.</summary>
internal interface IPolicyRule
{
    /// <summary>Its name in verdicts, in kebab case.</summary>
    string Name { get; }

    RuleJudgement Judge(RuleSet policy, EvidenceSet evidence);
}

internal static class PolicyRules
{
    /// <summary>Every rule there is, in the order verdicts list them.</summary>
    public static IReadOnlyList<IPolicyRule> All { get; } =
    [
        new SourcesRule(),
        new MutableTagsRule(),
        new PlatformsRule(),
        new SizeRule(),
        new VulnerabilitiesRule(),
    ];

    public static RuleJudgement Pass(this IPolicyRule rule, Origin origin, string reason) => new(rule.Name, RuleOutcome.Pass, origin.Scope, origin.Line, reason);

    public static RuleJudgement Fail(this IPolicyRule rule, Origin origin, string reason) => new(rule.Name, RuleOutcome.Fail, origin.Scope, origin.Line, reason);

    public static RuleJudgement Unknown(this IPolicyRule rule, Origin origin, string reason) => new(rule.Name, RuleOutcome.Unknown, origin.Scope, origin.Line, reason);

    /// <summary>No document says anything, and nothing needs to be said.</summary>
    public static RuleJudgement Silent(this IPolicyRule rule, string about) => new(rule.Name, RuleOutcome.Pass, null, 0, $"No policy says anything about {about}.");
}
