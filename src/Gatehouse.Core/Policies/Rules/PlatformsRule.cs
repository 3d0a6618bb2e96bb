using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Composition;

namespace Gatehouse.Core.Policies.Rules;

/// <summary>The platforms the estate's hosts run must all be in the image.</summary>
internal sealed class PlatformsRule : IPolicyRule
{
    public string Name => "platforms";

    public RuleJudgement Judge(RuleSet policy, EvidenceSet evidence)
    {
        if (policy.Platforms.Count == 0)
        {
            return this.Silent("platforms");
        }

        var found = evidence.Candidate.Platforms.Select(image => image.Platform).Where(platform => !platform.IsUnknown).ToList();
        var missing = policy.Platforms.Where(wanted => !found.Any(platform => platform.Satisfies(wanted.Value))).ToList();
        var has = found.Count == 0 ? "no platform" : string.Join(", ", found.Distinct());
        return missing.Count == 0
            ? this.Pass(policy.Platforms[0].Origin, $"All wanted platforms are there: {string.Join(", ", policy.Platforms.Select(wanted => wanted.Value))}.")
            : this.Fail(missing[0].Origin, $"{string.Join(", ", missing.Select(wanted => wanted.Value))} {(missing.Count == 1 ? "is" : "are")} missing; the image has {has}.");
    }
}
