using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Composition;

public class ComposerProperties
{
    [Fact]
    public void Compose_AnyGrouping_JudgesTheSame()
    {
        var cases = from upper in RuleSets.Any
                    from middle in RuleSets.Any
                    from lower in RuleSets.Any
                    from evidence in RuleSets.AnyEvidence
                    select (upper, middle, lower, evidence);

        Check(cases, sample => Same(
            Judge(Composer.Compose(Composer.Compose(sample.upper, sample.middle), sample.lower), sample.evidence),
            Judge(Composer.Compose(sample.upper, Composer.Compose(sample.middle, sample.lower)), sample.evidence)));
    }

    [Fact]
    public void Compose_WithNothing_ChangesNothing()
    {
        var cases = from rules in RuleSets.Any
                    from evidence in RuleSets.AnyEvidence
                    select (rules, evidence);

        Check(cases, sample =>
        {
            var expected = Judge(sample.rules, sample.evidence);
            return Same(expected, Judge(Composer.Compose(RuleSet.Empty, sample.rules), sample.evidence))
                && Same(expected, Judge(Composer.Compose(sample.rules, RuleSet.Empty), sample.evidence));
        });
    }

    /// <summary>Wherever it is added in the chain. The one exception is documented: the first document to allow sources opens them.</summary>
    [Fact]
    public void Compose_OneMoreDocument_NeverMendsAFailure()
    {
        var cases = from above in RuleSets.Any.ListOf(2)
                    from below in RuleSets.Any.ListOf(1)
                    from added in RuleSets.Any
                    from evidence in RuleSets.AnyEvidence
                    select (above: above.ToList(), below: below.ToList(), added, evidence);

        Check(cases, sample =>
        {
            var before = Judge(Composer.Compose([.. sample.above, .. sample.below]), sample.evidence);
            var after = Judge(Composer.Compose([.. sample.above, sample.added, .. sample.below]), sample.evidence);
            var failed = before.Failures.Where(rule => rule.DecidedBy is not null).Select(rule => rule.Rule).ToHashSet();
            return failed.IsSubsetOf(after.Failures.Select(rule => rule.Rule))
                && (failed.Count == 0 || after.Kind == VerdictKind.Refuse);
        });
    }

    [Fact]
    public void Compose_OneMoreDocument_NeverAsksForFewerApprovalsOrScanners()
    {
        var cases = from rules in RuleSets.Any
                    from added in RuleSets.Any
                    select (rules, added);

        Check(cases, sample =>
        {
            var composed = Composer.Compose(sample.rules, sample.added);
            return (sample.rules.Approvals is null || composed.Approvals!.Value >= sample.rules.Approvals.Value)
                && (sample.rules.SeparationOfDuties is not { Value: true } || composed.SeparationOfDuties!.Value)
                && sample.rules.Scanners.All(scanner => composed.Scanners.Any(wanted => wanted.Value == scanner.Value));
        });
    }

    [Fact]
    public void Compose_EqualDemands_NamesTheUpperDocument()
    {
        var composed = Composer.Compose(Texts.Rules("size: { max: 1MiB }"), Texts.Parse(Texts.Payments, "size: { max: 1048576 }").Rules);

        Assert.Equal(Texts.Contoso, composed.MaxSize!.Origin.Scope);
    }

    [Fact]
    public void Compose_LooserChild_IsOverruled()
    {
        var composed = Composer.Compose(
            Texts.Rules("size: { max: 1MiB }\nvulnerabilities: { maxSeverity: low }\napproval: { required: 2, separationOfDuties: true }"),
            Texts.Parse(Texts.Payments, "size: { max: 1GiB }\nvulnerabilities: { maxSeverity: critical }\napproval: { required: 0, separationOfDuties: false }").Rules);

        Assert.Equal((1L << 20, Severity.Low, 2, true), (composed.MaxSize!.Value, composed.MaxSeverity!.Value, composed.Approvals!.Value, composed.SeparationOfDuties!.Value));
    }

    private static Verdict Judge(RuleSet rules, EvidenceSet evidence) => Texts.Effective(rules).Judge(evidence, Evidences.Now);

    private static bool Same(Verdict one, Verdict other) =>
        one.Kind == other.Kind && one.Approval == other.Approval && one.Rules.SequenceEqual(other.Rules);

    private static void Check<T>(Gen<T> cases, Func<T, bool> property) =>
        Prop.ForAll(cases.ToArbitrary(), property).Check(PropertyRuns.Of(1000));
}
