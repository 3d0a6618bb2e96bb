using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Rules;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Rules;

public class MutableTagsRuleTests
{
    private const string SomeDigest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly RuleSet Policy = Texts.Rules("mutableTags:\n  deny:\n    - latest\n    - \"*-nightly\"");

    [Theory]
    [InlineData("alpine:3.20", RuleOutcome.Pass, 7)]
    [InlineData("alpine", RuleOutcome.Fail, 7)]
    [InlineData("alpine:latest", RuleOutcome.Fail, 7)]
    [InlineData("alpine:7-nightly", RuleOutcome.Fail, 8)]
    [InlineData("alpine:latest@" + SomeDigest, RuleOutcome.Pass, 7)]
    [InlineData("alpine@" + SomeDigest, RuleOutcome.Pass, 7)]
    public void Judge_Request_FailsOnlyByAMovingTagWithoutDigest(string image, RuleOutcome outcome, int line)
    {
        var judgement = new MutableTagsRule().Judge(Policy, Evidences.Of(image));

        Assert.Equal(("mutable-tags", outcome, Texts.Contoso, line), (judgement.Rule, judgement.Outcome, judgement.DecidedBy, judgement.Line));
    }

    [Fact]
    public void Judge_MovingTag_ReasonNamesTheTagThePatternAndTheWayOut()
    {
        var reason = new MutableTagsRule().Judge(Policy, Evidences.Of("alpine:7-nightly")).Reason;

        Assert.Equal($"'7-nightly' is a tag that moves (by '*-nightly'); ask for a version, or add the digest: docker.io/library/alpine:7-nightly@{Evidences.DigestOf("index")}.", reason);
    }

    [Fact]
    public void Judge_RequestNotKnown_TakenAsARequestByTag() =>
        Assert.Equal(RuleOutcome.Fail, new MutableTagsRule().Judge(Policy, new EvidenceSet(Evidences.Candidate("alpine:latest"), [])).Outcome);

    [Fact]
    public void Judge_NothingSaid_PassesAndNamesNobody()
    {
        var judgement = new MutableTagsRule().Judge(RuleSet.Empty, Evidences.Of("alpine:latest"));

        Assert.Equal((RuleOutcome.Pass, null, 0, "No policy says anything about mutable tags."), (judgement.Outcome, judgement.DecidedBy, judgement.Line, judgement.Reason));
    }
}
