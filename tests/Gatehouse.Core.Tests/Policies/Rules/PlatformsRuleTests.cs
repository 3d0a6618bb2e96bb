using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Rules;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Rules;

public class PlatformsRuleTests
{
    private static readonly RuleSet Policy = Texts.Rules("platforms:\n  require:\n    - linux/amd64\n    - linux/arm64");

    [Theory]
    [InlineData("linux/amd64,linux/arm64", RuleOutcome.Pass, 7, "All wanted platforms are there: linux/amd64, linux/arm64.")]
    [InlineData("linux/amd64,linux/arm64/v8,linux/s390x", RuleOutcome.Pass, 7, "All wanted platforms are there: linux/amd64, linux/arm64.")]
    [InlineData("linux/amd64", RuleOutcome.Fail, 8, "linux/arm64 is missing; the image has linux/amd64.")]
    [InlineData("windows/amd64", RuleOutcome.Fail, 7, "linux/amd64, linux/arm64 are missing; the image has windows/amd64.")]
    [InlineData("unknown/unknown", RuleOutcome.Fail, 7, "linux/amd64, linux/arm64 are missing; the image has no platform.")]
    public void Judge_Platforms_NamesWhatIsMissingAndWhatIsThere(string platforms, RuleOutcome outcome, int line, string reason)
    {
        var judgement = new PlatformsRule().Judge(Policy, Evidences.OfPlatforms([.. platforms.Split(',').Select(platform => Evidences.Image(platform, 1))]));

        Assert.Equal(("platforms", outcome, Texts.Contoso, line, reason), (judgement.Rule, judgement.Outcome, judgement.DecidedBy, judgement.Line, judgement.Reason));
    }

    [Fact]
    public void Judge_NothingSaid_Passes()
    {
        var judgement = new PlatformsRule().Judge(RuleSet.Empty, Evidences.With());

        Assert.Equal((RuleOutcome.Pass, null), (judgement.Outcome, judgement.DecidedBy));
    }
}
