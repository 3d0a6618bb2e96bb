using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Policies.Patterns;

namespace Gatehouse.Core.Policies.Composition;

/// <summary>A place where a child's document asks for less than its ancestor's.</summary>
/// <param name="Path">In the child's document.</param>
/// <param name="Message">Names both documents, their lines and their values.</param>
internal sealed record Loosening(string Path, Origin Child, string Message);

/// <summary>A child may only tighten. Lists that unite cannot loosen, so they are not looked at.</summary>
internal static class Tightening
{
    private const int MaxPatternsShown = 6;

    public static IEnumerable<Loosening> FindLoosenings(PolicyDocument child, PolicyDocument ancestor, PatternCover cover)
    {
        var (lower, upper) = (child.Rules, ancestor.Rules);
        if (lower.MaxSize is { } size && upper.MaxSize is { } maxSize && size.Value > maxSize.Value)
        {
            yield return Less("rules.size.max", size.Origin, ByteSize.Format(size.Value), maxSize.Origin, "allows at most " + ByteSize.Format(maxSize.Value));
        }

        if (lower.MaxSeverity is { } severity && upper.MaxSeverity is { } maxSeverity && severity.Value > maxSeverity.Value)
        {
            yield return Less("rules.vulnerabilities.maxSeverity", severity.Origin, Word(severity.Value), maxSeverity.Origin, "allows at most " + Word(maxSeverity.Value));
        }

        if (lower.Approvals is { } approvals && upper.Approvals is { } demanded && approvals.Value < demanded.Value)
        {
            yield return Less("rules.approval.required", approvals.Origin, $"{approvals.Value} approvals", demanded.Origin, $"demands at least {demanded.Value}");
        }

        if (lower.SeparationOfDuties is { Value: false } mixed && upper.SeparationOfDuties is { Value: true } separate)
        {
            yield return Less("rules.approval.separationOfDuties", mixed.Origin, "no separation of duties", separate.Origin, "demands it");
        }

        foreach (var loosening in FindSources(lower, upper, cover))
        {
            yield return loosening;
        }
    }

    public static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    private static IEnumerable<Loosening> FindSources(RuleSet lower, RuleSet upper, PatternCover cover)
    {
        foreach (var ancestor in upper.AllowedSources)
        {
            var patterns = ancestor.Patterns.Select(pattern => pattern.Value).ToList();
            foreach (var (index, pattern) in lower.AllowedSources.SelectMany(list => list.Patterns).Index())
            {
                var answer = cover.Check(pattern.Value, patterns);
                if (answer.Coverage != Coverage.Covered)
                {
                    yield return new Loosening($"rules.sources.allow[{index}]", pattern.Origin, DescribeSource(pattern, ancestor, answer));
                }
            }
        }
    }

    private static string DescribeSource(Sourced<SourcePattern> pattern, AllowList ancestor, CoverAnswer answer)
    {
        var shown = string.Join(", ", ancestor.Patterns.Take(MaxPatternsShown).Select(item => item.Value.Text));
        var more = ancestor.Patterns.Count > MaxPatternsShown ? $" and {ancestor.Patterns.Count - MaxPatternsShown} more" : string.Empty;
        return answer.Coverage == Coverage.Undecided
            ? $"{pattern.Origin} asks for '{pattern.Value}', which is too tangled to compare with {ancestor.Origin}; write simpler patterns, or the same ones ({shown}{more})"
            : $"{pattern.Origin} asks for '{pattern.Value}', e.g. {answer.Example}; {ancestor.Origin} allows only {shown}{more}";
    }

    private static Loosening Less(string path, Origin child, string asks, Origin ancestor, string says) =>
        new(path, child, $"{child} asks for {asks}; {ancestor} {says}");
}
