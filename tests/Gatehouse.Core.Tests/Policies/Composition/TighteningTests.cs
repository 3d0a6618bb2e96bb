using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Patterns;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Composition;

public class TighteningTests
{
    [Theory]
    [InlineData("size: { max: 10MiB }", "size: { max: 1GiB }", "rules.size.max", "contoso/payments line 5 asks for 1 GiB; contoso line 5 allows at most 10 MiB")]
    [InlineData("vulnerabilities: { maxSeverity: high }", "description: {}\nvulnerabilities: { maxSeverity: critical }", "rules.vulnerabilities.maxSeverity", "contoso/payments line 6 asks for critical; contoso line 5 allows at most high")]
    [InlineData("approval: { required: 2 }", "approval: { required: 1 }", "rules.approval.required", "contoso/payments line 5 asks for 1 approvals; contoso line 5 demands at least 2")]
    [InlineData("approval: { separationOfDuties: true }", "approval: { separationOfDuties: false }", "rules.approval.separationOfDuties", "contoso/payments line 5 asks for no separation of duties; contoso line 5 demands it")]
    [InlineData("sources: { allow: [\"docker.io/library/*\", \"quay.io/**\"] }", "sources: { allow: [\"quay.io/x\", \"docker.io/**\"] }", "rules.sources.allow[1]", "contoso/payments line 5 asks for 'docker.io/**', e.g. docker.io/f; contoso line 5 allows only docker.io/library/*, quay.io/**")]
    public void FindLoosenings_ChildAsksForLess_NamesBothLinesAndValues(string upper, string lower, string path, string message)
    {
        // A first line that is no rule only moves the second one down.
        lower = lower.Replace("description: {}", "sources: {}", StringComparison.Ordinal);

        var loosening = Assert.Single(Find(upper, lower));

        Assert.Equal((path, message), (loosening.Path, loosening.Message));
    }

    [Theory]
    [InlineData("size: { max: 10MiB }", "size: { max: 10MiB }")]
    [InlineData("size: { max: 10MiB }", "size: { max: 1MiB }")]
    [InlineData("vulnerabilities: { maxSeverity: high }", "vulnerabilities: { maxSeverity: low }")]
    [InlineData("approval: { required: 1, separationOfDuties: false }", "approval: { required: 2, separationOfDuties: true }")]
    [InlineData("sources: { allow: [\"docker.io/**\"] }", "sources: { allow: [\"docker.io/library/*\"], deny: [\"docker.io/library/x\"] }")]
    [InlineData("sources: { deny: [\"docker.io/**\"] }", "sources: { allow: [\"docker.io/library/*\"] }")]
    [InlineData("platforms: { require: [linux/amd64] }", "platforms: { require: [linux/arm64] }")]
    [InlineData("mutableTags: { deny: [latest] }", "mutableTags: { deny: [edge] }")]
    [InlineData("size: { max: 1 }", "{}")]
    [InlineData("{}", "size: { max: 1GiB }\napproval: { required: 0, separationOfDuties: false }")]
    public void FindLoosenings_ChildTightensOrSaysSomethingNew_None(string upper, string lower) => Assert.Empty(Find(upper, lower));

    [Fact]
    public void FindLoosenings_PatternsTooTangledToCompare_RefusedAndSaysSo()
    {
        var upper = Texts.Parse(Texts.Contoso, "sources: { allow: [\"**/*a?????????????*\"] }");
        var lower = Texts.Parse(Texts.Payments, "sources: { allow: [\"**/*a??????????????*\"] }");

        var loosening = Assert.Single(Tightening.FindLoosenings(lower, upper, new PatternCover(budget: 1000)));

        Assert.Contains("too tangled to compare with contoso line 5", loosening.Message, StringComparison.Ordinal);
    }

    private static List<Loosening> Find(string upper, string lower) =>
        [.. Tightening.FindLoosenings(Texts.Parse(Texts.Payments, lower), Texts.Parse(Texts.Contoso, upper), new PatternCover())];
}
