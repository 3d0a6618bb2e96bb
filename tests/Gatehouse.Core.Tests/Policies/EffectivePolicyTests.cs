using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;
using Xunit;

namespace Gatehouse.Core.Tests.Policies;

public class EffectivePolicyTests
{
    private const string Allow = "sources: { allow: [\"docker.io/**\"] }\n";

    [Theory]
    [InlineData("approval: { required: 0 }", VerdictKind.Admit)]
    [InlineData("approval: { required: 1 }", VerdictKind.Review)]
    [InlineData("size: { max: 1GiB }", VerdictKind.Review)]
    [InlineData("size: { max: 1 }", VerdictKind.Refuse)]
    [InlineData("vulnerabilities: { scanners: [trivy] }", VerdictKind.Unknown)]
    [InlineData("vulnerabilities: { scanners: [trivy] }\nsize: { max: 1 }", VerdictKind.Refuse)]
    public void Judge_Outcomes_MakeTheVerdict(string rules, VerdictKind expected)
    {
        var verdict = Texts.Effective(Texts.Rules(Allow + rules)).Judge(Evidences.With(), Evidences.Now);

        Assert.Equal((expected, "contoso@1", Evidences.Now), (verdict.Kind, verdict.PolicyVersion, verdict.At));
    }

    [Fact]
    public void Judge_SeveralFailures_RunsEveryRuleInTheirFixedOrder()
    {
        var verdict = Texts.Effective(Texts.Rules("size: { max: 1 }\nmutableTags: { deny: [\"3*\"] }\nplatforms: { require: [linux/arm64] }")).Judge(Evidences.With(), Evidences.Now);

        Assert.Equal(["sources", "mutable-tags", "platforms", "size", "vulnerabilities"], verdict.Rules.Select(rule => rule.Rule));
        Assert.Equal(["sources", "mutable-tags", "platforms", "size"], verdict.Failures.Select(rule => rule.Rule));
    }

    [Fact]
    public void Judge_NoApprovalRule_AsksForOneWithSeparationOfDuties() =>
        Assert.Equal(new ApprovalDemand(1, true, null), Texts.Effective(Texts.Rules(Allow)).Judge(Evidences.With(), Evidences.Now).Approval);

    [Theory]
    [InlineData("required: 2", 2, true)]
    [InlineData("separationOfDuties: false", 1, false)]
    [InlineData("required: 3, separationOfDuties: false", 3, false)]
    public void Judge_ApprovalRule_NamesTheScopeThatAsks(string approval, int count, bool separation) => Assert.Equal(
        new ApprovalDemand(count, separation, Texts.Contoso),
        Texts.Effective(Texts.Rules($"approval: {{ {approval} }}")).Judge(Evidences.With(), Evidences.Now).Approval);

    [Fact]
    public void WantedScanners_SeveralDocuments_UnitedInOrdinalOrder()
    {
        var policy = Texts.Effective(Texts.Rules("vulnerabilities: { scanners: [trivy, grype] }"), Texts.Parse(Texts.Payments, "vulnerabilities: { scanners: [clair, trivy] }").Rules);

        Assert.Equal(["clair", "grype", "trivy"], policy.WantedScanners);
    }

    [Fact]
    public void Judge_EveryWantedScannerReported_Reviews()
    {
        var policy = Texts.Effective(Texts.Rules(Allow + "vulnerabilities: { maxSeverity: low, scanners: [trivy] }"));

        Assert.Equal(VerdictKind.Review, policy.Judge(Evidences.With(Evidences.Reported("trivy", Evidences.Finding("CVE-1", Severity.Low))), Evidences.Now).Kind);
    }
}
