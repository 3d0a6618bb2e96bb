using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Rules;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies;

/// <param name="version">See <see cref="Verdict.PolicyVersion"/>.</param>
internal sealed class EffectivePolicy(Scope scope, RuleSet policy, string version, IReadOnlyList<IPolicyRule> rules) : IEffectivePolicy
{
    /// <summary>What is asked for when no document says how many must approve: the safe side of "nobody thought of it".</summary>
    private const int DefaultApprovals = 1;

    public Scope Scope { get; } = scope;

    public IReadOnlyList<string> WantedScanners { get; } = [.. policy.Scanners.Select(scanner => scanner.Value).Order(StringComparer.Ordinal)];

    public Verdict Judge(EvidenceSet evidence, DateTimeOffset now)
    {
        var judgements = rules.Select(rule => rule.Judge(policy, evidence)).ToList();
        var approval = new ApprovalDemand(
            policy.Approvals?.Value ?? DefaultApprovals,
            policy.SeparationOfDuties?.Value ?? true,
            (policy.Approvals?.Origin ?? policy.SeparationOfDuties?.Origin)?.Scope);
        return new Verdict(KindOf(judgements, approval), judgements, approval, version, now);
    }

    private static VerdictKind KindOf(List<RuleJudgement> judgements, ApprovalDemand approval)
    {
        if (judgements.Exists(judgement => judgement.Outcome == RuleOutcome.Fail))
        {
            return VerdictKind.Refuse;
        }

        if (judgements.Exists(judgement => judgement.Outcome == RuleOutcome.Unknown))
        {
            return VerdictKind.Unknown;
        }

        return approval.Count == 0 ? VerdictKind.Admit : VerdictKind.Review;
    }
}
