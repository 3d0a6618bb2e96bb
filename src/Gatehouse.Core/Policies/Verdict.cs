using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies;

public enum RuleOutcome
{
    Pass,
    Fail,

    /// <summary>The evidence does not say; blocks as surely as a failure, but may change.</summary>
    Unknown,
}

/// <summary>One rule's judgement.</summary>
/// <param name="Rule">The rule's name in policy documents, e.g. <c>sources</c>.</param>
/// <param name="DecidedBy">The scope whose document decided; null when no document says anything about it.</param>
/// <param name="Line">The line of that document, 1-based; 0 when none.</param>
/// <param name="Reason">For a person: what was found, what is allowed.</param>
public sealed record RuleJudgement(string Rule, RuleOutcome Outcome, Scope? DecidedBy, int Line, string Reason);

public enum VerdictKind
{
    /// <summary>Every rule passes and no approval is asked for.</summary>
    Admit,

    /// <summary>Every rule passes; people must approve.</summary>
    Review,

    /// <summary>At least one rule fails.</summary>
    Refuse,

    /// <summary>No rule fails, at least one cannot tell yet.</summary>
    Unknown,
}

/// <summary>How many people must approve, and whether the requester may be one of them.</summary>
/// <param name="DecidedBy">The scope that asks for the most; null when no policy says anything.</param>
public sealed record ApprovalDemand(int Count, bool SeparationOfDuties, Scope? DecidedBy);

/// <summary>Policy's judgement of a candidate, rule by rule.</summary>
/// <param name="PolicyVersion">Identifies the documents that judged: scope@version of each, joined by spaces.</param>
public sealed record Verdict(VerdictKind Kind, IReadOnlyList<RuleJudgement> Rules, ApprovalDemand Approval, string PolicyVersion, DateTimeOffset At)
{
    public IEnumerable<RuleJudgement> Failures => Rules.Where(rule => rule.Outcome == RuleOutcome.Fail);

    public IEnumerable<RuleJudgement> Unknowns => Rules.Where(rule => rule.Outcome == RuleOutcome.Unknown);
}
