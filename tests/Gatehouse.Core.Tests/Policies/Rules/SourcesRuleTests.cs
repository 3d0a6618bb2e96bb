using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Rules;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Rules;

public class SourcesRuleTests
{
    private static readonly RuleSet Upper = Texts.Rules("sources:\n  allow: [\"docker.io/library/**\", \"ghcr.io/**\"]\n  deny: [\"ghcr.io/evil/**\"]");

    [Fact]
    public void Judge_NothingSaid_FailsClosed()
    {
        var judgement = new SourcesRule().Judge(RuleSet.Empty, Evidences.With());

        Assert.Equal(("sources", RuleOutcome.Fail, null, 0), (judgement.Rule, judgement.Outcome, judgement.DecidedBy, judgement.Line));
        Assert.Contains("No policy allows any source", judgement.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OnlyDenyListsThatDoNotMatch_StillFailsClosed() =>
        Assert.Equal(RuleOutcome.Fail, new SourcesRule().Judge(Texts.Rules("sources: { deny: [\"docker.io/evil/**\"] }"), Evidences.With()).Outcome);

    [Theory]
    [InlineData("alpine:3", RuleOutcome.Pass, 6, "docker.io/library/alpine is allowed by 'docker.io/library/**'.")]
    [InlineData("quay.io/a/b:1", RuleOutcome.Fail, 6, "quay.io/a/b is not among the allowed sources: docker.io/library/**, ghcr.io/**.")]
    [InlineData("ghcr.io/evil/tool:1", RuleOutcome.Fail, 7, "ghcr.io/evil/tool is denied by 'ghcr.io/evil/**'.")]
    public void Judge_Source_DecidedByTheLineThatSays(string image, RuleOutcome outcome, int line, string reason)
    {
        var judgement = new SourcesRule().Judge(Upper, Evidences.Of(image));

        Assert.Equal((outcome, Texts.Contoso, line, reason), (judgement.Outcome, judgement.DecidedBy, judgement.Line, judgement.Reason));
    }

    [Theory]
    [InlineData("ghcr.io/contoso/a:1", RuleOutcome.Pass, "contoso/payments")]
    [InlineData("alpine:3", RuleOutcome.Fail, "contoso/payments")]
    [InlineData("quay.io/a/b:1", RuleOutcome.Fail, "contoso")]
    public void Judge_ChildNarrows_EveryListMustAllow(string image, RuleOutcome outcome, string decidedBy)
    {
        var lower = Texts.Parse(Texts.Payments, "sources: { allow: [\"ghcr.io/contoso/*\", \"quay.io/**\"] }").Rules;

        var judgement = new SourcesRule().Judge(Composer.Compose(Upper, lower), Evidences.Of(image));

        Assert.Equal((outcome, decidedBy), (judgement.Outcome, judgement.DecidedBy!.Path));
    }
}
