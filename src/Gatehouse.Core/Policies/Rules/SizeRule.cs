using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Documents;

namespace Gatehouse.Core.Policies.Rules;

/// <summary>How much a candidate may weigh, all platforms together, as transferred.</summary>
internal sealed class SizeRule : IPolicyRule
{
    public string Name => "size";

    public RuleJudgement Judge(RuleSet policy, EvidenceSet evidence)
    {
        if (policy.MaxSize is not { } max)
        {
            return this.Silent("size");
        }

        // Sizes are what the upstream's manifests claim; a negative one would hide others in the sum.
        if (evidence.Candidate.Platforms.SelectMany(platform => platform.Layers.Append(platform.Config)).FirstOrDefault(blob => blob.Size < 0) is { } odd)
        {
            return this.Fail(max.Origin, $"The manifest claims {odd.Size} bytes for {odd.Digest}, so the size cannot be trusted.");
        }

        var size = evidence.Candidate.CompressedBytes;
        var platforms = evidence.Candidate.Platforms.Count == 1 ? "1 platform" : $"{evidence.Candidate.Platforms.Count} platforms";
        var reason = $"The image has {ByteSize.Format(size)} compressed in {platforms}; at most {ByteSize.Format(max.Value)} are allowed.";
        return size <= max.Value ? this.Pass(max.Origin, reason) : this.Fail(max.Origin, reason);
    }
}
