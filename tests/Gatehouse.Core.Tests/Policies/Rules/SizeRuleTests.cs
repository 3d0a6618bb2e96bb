using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Rules;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Rules;

public class SizeRuleTests
{
    private static readonly RuleSet Policy = Texts.Rules("size: { max: 10MiB }");

    [Fact]
    public void Judge_ExactlyTheMaximum_Passes()
    {
        var judgement = new SizeRule().Judge(Policy, Evidences.OfPlatforms(Evidences.Image("linux/amd64", 6 << 20), Evidences.Image("linux/arm64", 4 << 20)));

        Assert.Equal(("size", RuleOutcome.Pass, Texts.Contoso, 5), (judgement.Rule, judgement.Outcome, judgement.DecidedBy, judgement.Line));
        Assert.Equal("The image has 10 MiB compressed in 2 platforms; at most 10 MiB are allowed.", judgement.Reason);
    }

    [Fact]
    public void Judge_OneByteMore_Fails()
    {
        var judgement = new SizeRule().Judge(Policy, Evidences.OfPlatforms(Evidences.Image("linux/amd64", (10 << 20) + 1)));

        Assert.Equal((RuleOutcome.Fail, "The image has 10.0 MiB (10485761 bytes) compressed in 1 platform; at most 10 MiB are allowed."), (judgement.Outcome, judgement.Reason));
    }

    [Fact]
    public void Judge_NegativeSizeThatWouldHideAnother_Fails()
    {
        var judgement = new SizeRule().Judge(Policy, Evidences.OfPlatforms(Evidences.Image("linux/amd64", 20 << 20, -(15 << 20))));

        Assert.Equal(RuleOutcome.Fail, judgement.Outcome);
        Assert.Contains("-15728640 bytes", judgement.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_SizesThatOverflow_Fail() =>
        Assert.Equal(RuleOutcome.Fail, new SizeRule().Judge(Policy, Evidences.OfPlatforms(Evidences.Image("linux/amd64", long.MaxValue, long.MaxValue))).Outcome);

    [Fact]
    public void Judge_NothingSaid_Passes() =>
        Assert.Equal((RuleOutcome.Pass, null), (new SizeRule().Judge(RuleSet.Empty, Evidences.With()) is var judgement ? judgement.Outcome : default, judgement.DecidedBy));
}
