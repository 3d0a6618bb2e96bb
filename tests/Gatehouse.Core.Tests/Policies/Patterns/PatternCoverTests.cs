using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Policies.Patterns;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Patterns;

public class PatternCoverTests
{
    [Theory]
    [InlineData("a.io/x", "a.io/x")]
    [InlineData("a.io/x", "a.io/*")]
    [InlineData("a.io/*", "a.io/**")]
    [InlineData("a.io/x/**", "a.io/**")]
    [InlineData("a.io/x*", "a.io/*")]
    [InlineData("a.io/?", "a.io/*")]
    [InlineData("a.io/*", "a.io/?*")]
    [InlineData("a.io/**", "*/**")]
    [InlineData("**", "*/**")]
    [InlineData("**", "*/*/**")]
    [InlineData("a.io/**/**", "a.io/**")]
    [InlineData("a.io/**/x/**/y", "a.io/**/y")]
    [InlineData("a.io/*x*", "a.io/x*,a.io/?*x*")]
    [InlineData("a.io/x/**", "a.io/x,a.io/x/*,a.io/x/*/**")]
    [InlineData("127.0.0.1:5000/**", "127.0.0.1:*/**")]
    public void Check_PatternWithinOthers_Covered(string inner, string outer) => Assert.Equal(Coverage.Covered, Check(inner, outer).Coverage);

    [Theory]
    [InlineData("a.io/*", "a.io/x", "a.io/b")]
    [InlineData("a.io/**", "a.io/*", "a.io/b/b")]
    [InlineData("**", "a.io/**", "b/b")]
    [InlineData("a.io/x*", "a.io/x", "a.io/xb")]
    [InlineData("a.io/*", "a.io/?", "a.io/bb")]
    [InlineData("a.io/x/**", "a.io/x/*", "a.io/x")]
    [InlineData("a.io/x/**", "a.io/x,a.io/x/*", "a.io/x/b/b")]
    [InlineData("*.io/x", "a.io/x", ".io/x")]
    [InlineData("a.io/*x*", "a.io/x*,a.io/*x", "a.io/bxb")]
    public void Check_PatternBeyondOthers_NotCoveredWithTheShortestExample(string inner, string outer, string example)
    {
        var answer = Check(inner, outer);

        Assert.Equal((Coverage.NotCovered, example), (answer.Coverage, answer.Example));
    }

    [Fact]
    public void Check_AgainstNothing_NotCovered() => Assert.Equal(Coverage.NotCovered, new PatternCover().Check(Parse("a.io/x"), []).Coverage);

    [Fact]
    public void Check_BudgetSpent_Undecided()
    {
        var tangled = Parse("**/*a?????????????????????????*");
        var others = Enumerable.Range(1, 40).Select(i => Parse($"**/*a{new string('?', i % 23)}*b{i}*")).ToList();

        Assert.Equal(Coverage.Undecided, new PatternCover(budget: 200_000).Check(tangled, others).Coverage);
    }

    [Fact]
    public void Check_TheLongestListsOfPlainPatterns_StayWithinOneBudget()
    {
        var outer = Enumerable.Range(1, 256).Select(i => Parse($"registry{i % 7}.example.com/team{i}/project/**")).ToList();
        var cover = new PatternCover();

        Assert.All(Enumerable.Range(1, 256), i => Assert.Equal(Coverage.Covered, cover.Check(Parse($"registry{i % 7}.example.com/team{i}/project/x*"), outer).Coverage));
    }

    [Fact]
    public void Check_SamePatternAmongTangledOnes_CoveredWithoutWalking()
    {
        var tangled = Parse("**/*a?????????????????????????*");

        Assert.Equal(Coverage.Covered, new PatternCover(budget: 0).Check(tangled, [tangled]).Coverage);
    }

    [Fact]
    public void Check_RandomPatterns_AgreesWithMatchingOnRandomNames()
    {
        var cases = from inner in Patterns()
                    from outer in Patterns().ListOf(2)
                    from names in Names().ListOf(40)
                    select (inner, outer: outer.ToList(), names: names.ToList());

        Prop.ForAll(cases.ToArbitrary(), sample =>
            {
                var answer = new PatternCover().Check(sample.inner, sample.outer);
                bool Outside(string name) => sample.inner.Matches(name) && !sample.outer.Exists(pattern => pattern.Matches(name));
                return answer.Coverage switch
                {
                    Coverage.Covered => !sample.names.Exists(Outside),
                    Coverage.NotCovered => Outside(answer.Example!),
                    _ => false,
                };
            })
            .Check(PropertyRuns.Of(1000));
    }

    [Fact]
    public void Matches_RandomPatternsAndNames_AgreesWithAPlainBacktrackingMatcher()
    {
        var cases = from pattern in Patterns()
                    from name in Names()
                    select (pattern, name);

        Prop.ForAll(cases.ToArbitrary(), sample => sample.pattern.Matches(sample.name) == Plain(sample.pattern.Text.Split('/'), sample.name.Split('/')))
            .Check(PropertyRuns.Of(5000));
    }

    private static CoverAnswer Check(string inner, string outer) => new PatternCover().Check(Parse(inner), [.. outer.Split(',').Select(Parse)]);

    private static SourcePattern Parse(string text) => SourcePattern.TryParse(text, out var problem) ?? throw new ArgumentException(problem, nameof(text));

    /// <summary>Two letters and short segments, so that random patterns meet random names often.</summary>
    private static Gen<SourcePattern> Patterns() =>
        from registry in Gen.Elements("a.b", "*", "**", "?.b", "a*", "*.*")
        from segments in Gen.Elements("a", "b", "*", "?", "**", "a*", "*b", "a?", "*a*", "ab").ListOf()
        let text = string.Join('/', segments.Take(3).Prepend(registry))
        where SourcePattern.TryParse(text, out _) is not null
        select SourcePattern.TryParse(text, out _);

    private static Gen<string> Names() =>
        from registry in Gen.Elements("a.b", "b.b", "a", "aa.b")
        from length in Gen.Choose(1, 4)
        from segments in Gen.Elements("a", "b", "ab", "ba", "aab").ListOf(length)
        select string.Join('/', segments.Prepend(registry));

    private static bool Plain(ReadOnlySpan<string> pattern, ReadOnlySpan<string> name)
    {
        if (pattern.Length == 0)
        {
            return name.Length == 0;
        }

        return pattern[0] == "**"
            ? Plain(pattern[1..], name) || (name.Length > 0 && Plain(pattern, name[1..]))
            : name.Length > 0 && PlainSegment(pattern[0], name[0]) && Plain(pattern[1..], name[1..]);
    }

    private static bool PlainSegment(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.Length == 0)
        {
            return text.Length == 0;
        }

        return pattern[0] == '*'
            ? PlainSegment(pattern[1..], text) || (text.Length > 0 && PlainSegment(pattern, text[1..]))
            : text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && PlainSegment(pattern[1..], text[1..]);
    }
}
