using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Composition;

namespace Gatehouse.Core.Policies.Rules;

/// <summary>Tags that move say nothing of what was asked for; a request by one of them must name the digest.</summary>
internal sealed class MutableTagsRule : IPolicyRule
{
    public string Name => "mutable-tags";

    public RuleJudgement Judge(RuleSet policy, EvidenceSet evidence)
    {
        if (policy.MutableTags.Count == 0)
        {
            return this.Silent("mutable tags");
        }

        var first = policy.MutableTags[0].Origin;
        if (evidence.Requested?.Digest is { } digest)
        {
            return this.Pass(first, $"The image was asked for by digest ({digest.Algorithm}:{digest.Short}…).");
        }

        // A reference without tag and digest would have been given the tag 'latest'.
        if ((evidence.Requested ?? evidence.Candidate.Source).Tag is not { } tag)
        {
            return this.Pass(first, "The image was asked for by digest.");
        }

        return policy.MutableTags.FirstOrDefault(pattern => pattern.Value.Matches(tag)) is { } denied
            ? this.Fail(denied.Origin, $"'{tag}' is a tag that moves ({(denied.Value.Text == tag ? "listed" : $"by '{denied.Value}'")}); ask for a version, or add the digest: {evidence.Candidate.Source.Name}:{tag}@{evidence.Candidate.Digest}.")
            : this.Pass(first, $"'{tag}' is none of the tags that move: {string.Join(", ", policy.MutableTags.Select(pattern => pattern.Value))}.");
    }
}
