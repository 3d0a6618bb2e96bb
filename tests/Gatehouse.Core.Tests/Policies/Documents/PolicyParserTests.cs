using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Documents;

public class PolicyParserTests
{
    private const string Full = """
        apiVersion: gatehouse/v1
        kind: Policy
        scope: contoso/payments
        description: free text
        rules:
          sources:
            allow: ["docker.io/library/*", "ghcr.io/contoso/**"]
            deny: ["docker.io/evil/**"]
          mutableTags: { deny: [latest, stable, "*-nightly"] }
          platforms:   { require: [linux/amd64, linux/arm64] }
          size:        { max: 500MiB }
          vulnerabilities:
            maxSeverity: medium
            scanners:
              - trivy
              - grype
          approval:    { required: 2, separationOfDuties: true }
        """;

    [Fact]
    public void Parse_FullDocument_KeepsEveryValueWithItsLine()
    {
        var document = PolicyParser.Parse(Full, Texts.Payments).Value;
        var rules = document.Rules;

        Assert.Equal("free text", document.Description);
        Assert.Equal(7, Assert.Single(rules.AllowedSources).Origin.Line);
        Assert.Equal(["docker.io/library/*", "ghcr.io/contoso/**"], rules.AllowedSources[0].Patterns.Select(pattern => pattern.Value.Text));
        Assert.Equal(("docker.io/evil/**", 8), (rules.DeniedSources[0].Value.Text, rules.DeniedSources[0].Origin.Line));
        Assert.Equal(["latest", "stable", "*-nightly"], rules.MutableTags.Select(pattern => pattern.Value.Text));
        Assert.Equal(["linux/amd64", "linux/arm64"], rules.Platforms.Select(platform => platform.Value.ToString()));
        Assert.Equal((500L << 20, 11), (rules.MaxSize!.Value, rules.MaxSize.Origin.Line));
        Assert.Equal((Severity.Medium, 13), (rules.MaxSeverity!.Value, rules.MaxSeverity.Origin.Line));
        Assert.Equal([("trivy", 15), ("grype", 16)], rules.Scanners.Select(scanner => (scanner.Value, scanner.Origin.Line)));
        Assert.Equal((2, true), (rules.Approvals!.Value, rules.SeparationOfDuties!.Value));
        Assert.Equal("contoso/payments line 17", rules.Approvals.Origin.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("sources: {}")]
    [InlineData("size: { max: 1 }")]
    [InlineData("size: { max: \"64 MiB\" }")]
    [InlineData("approval: { required: 0, separationOfDuties: false }")]
    [InlineData("mutableTags: { deny: [1.20, true, \"?\", LATEST] }")]
    [InlineData("platforms: { require: [linux/arm/v7, windows/amd64] }")]
    public void Parse_UnusualButGoodRules_Taken(string rules) => Assert.True(PolicyParser.Parse(Texts.Document(Texts.Contoso, rules), Texts.Contoso).IsOk);

    [Theory]
    [InlineData("size: { max: 500XB }", "rules.size.max", "line 5, rules.size.max: '500XB' is not a size; write a whole number of bytes, or one with KiB, MiB, GiB, KB, MB or GB")]
    [InlineData("size: { max: 0 }", "rules.size.max", "'0' is not a size")]
    [InlineData("size: { max: -1 }", "rules.size.max", "'-1' is not a size")]
    [InlineData("size: { max: 1.5GiB }", "rules.size.max", "'1.5GiB' is not a size")]
    [InlineData("size: { max: 9999999999GiB }", "rules.size.max", "is not a size")]
    [InlineData("size: { max: 99999999999999999999 }", "rules.size.max", "is not a size")]
    [InlineData("size: { max: [1] }", "rules.size.max", "this must be a single value, not a list")]
    [InlineData("size: { max: }", "rules.size.max", "this must be a single value, not nothing")]
    [InlineData("size: 500MiB", "rules.size", "this must be a mapping, not a single value; allowed: max")]
    [InlineData("size: { maximum: 1 }", "rules.size.maximum", "'maximum' is not a key here; allowed: max")]
    [InlineData("siez: { max: 1 }", "rules.siez", "'siez' is not a key here; allowed: sources, mutableTags, platforms, size, vulnerabilities, approval")]
    [InlineData("size: { max: 1 }\nsize: { max: 2 }", "rules.size", "line 6, rules.size: the key stands twice, first in line 5")]
    [InlineData("vulnerabilities: { maxSeverity: severe }", "rules.vulnerabilities.maxSeverity", "'severe' is not a severity; allowed: negligible, low, medium, high, critical")]
    [InlineData("vulnerabilities: { maxSeverity: unknown }", "rules.vulnerabilities.maxSeverity", "'unknown' is not a severity")]
    [InlineData("vulnerabilities: { maxSeverity: High }", "rules.vulnerabilities.maxSeverity", "'High' is not a severity")]
    [InlineData("vulnerabilities: { scanners: [Trivy] }", "rules.vulnerabilities.scanners[0]", "'Trivy': a scanner's name has")]
    [InlineData("vulnerabilities: { scanners: [trivy, trivy] }", "rules.vulnerabilities.scanners[1]", "'trivy' stands twice, first in line 5")]
    [InlineData("vulnerabilities: { scanners: trivy }", "rules.vulnerabilities.scanners", "this must be a list of 1 to 256 items, e.g. [trivy], not a single value")]
    [InlineData("vulnerabilities: { scanners: [] }", "rules.vulnerabilities.scanners", "not one of 0 items; to say nothing, leave the key out")]
    [InlineData("platforms: { require: [amd64] }", "rules.platforms.require[0]", "'amd64' is not a platform; write os/architecture")]
    [InlineData("platforms: { require: [Linux/amd64] }", "rules.platforms.require[0]", "write 'linux/amd64'")]
    [InlineData("platforms: { require: [~] }", "rules.platforms.require[0]", "not nothing")]
    [InlineData("platforms: { require: [[linux/amd64]] }", "rules.platforms.require[0]", "not a list")]
    [InlineData("mutableTags: { deny: [\"a:b\"] }", "rules.mutableTags.deny[0]", "':' is in no tag")]
    [InlineData("mutableTags: { deny: [.x] }", "rules.mutableTags.deny[0]", "no tag begins with '.'")]
    [InlineData("mutableTags: { deny: [\"\"] }", "rules.mutableTags.deny[0]", "it has 0 characters")]
    [InlineData("approval: { required: 11 }", "rules.approval.required", "'11' is not a number of people; write 0 to 10")]
    [InlineData("approval: { required: -1 }", "rules.approval.required", "'-1' is not a number of people")]
    [InlineData("approval: { required: \"1\" }", "rules.approval.required", "'1' is not a number of people")]
    [InlineData("approval: { separationOfDuties: yes }", "rules.approval.separationOfDuties", "'yes' is not yes or no; allowed: true, false")]
    [InlineData("approval: { separationOfDuties: \"true\" }", "rules.approval.separationOfDuties", "allowed: true, false")]
    [InlineData("sources: { allow: [\"alpine\"] }", "rules.sources.allow[0]", "for Docker Hub write 'docker.io/library/alpine'")]
    [InlineData("<<: { size: { max: 1 } }", "rules.<<", "'<<' is not a key here")]
    [InlineData("? [a]\n: b", null, "line 5: a key must be a word, not a list")]
    public void Parse_BadRule_NamesPathLineValueAndWhatIsAllowed(string rules, string? path, string expected)
    {
        var error = PolicyParser.Parse(Texts.Document(Texts.Contoso, rules), Texts.Contoso).Error;

        Assert.Equal((ErrorKind.Invalid, "policy-malformed", path), (error.Kind, error.Code, error.Field));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the document is empty")]
    [InlineData("# only a comment", "the document is empty")]
    [InlineData("just text", "this must be a mapping, not a single value")]
    [InlineData("- a", "this must be a mapping, not a list")]
    [InlineData("kind: Policy\nscope: contoso\nrules: {}", "apiVersion: the key is missing; write 'apiVersion: gatehouse/v1'")]
    [InlineData("apiVersion: gatehouse/v2\nkind: Policy\nscope: contoso\nrules: {}", "'gatehouse/v2' is not known here; allowed: gatehouse/v1")]
    [InlineData("apiVersion: gatehouse/v1\nkind: policy\nscope: contoso\nrules: {}", "line 2, kind: 'policy' is not known here; allowed: Policy")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nrules: {}", "write 'scope: contoso'")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nscope: fabrikam\nrules: {}", "line 3, scope: the document says it is for 'fabrikam', but is applied to 'contoso'")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso", "rules: the key is missing")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso\nrules:", "rules: this must be a mapping, not nothing")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso\nrules: {}\nname: x", "line 5, name: 'name' is not a key here")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso\nrules: {}\n---\na: b", "line 5: a second document begins here")]
    [InlineData("apiVersion: &a gatehouse/v1\nkind: Policy\nscope: contoso\nrules: {}", "line 1: anchors are not taken; leave out '&a'")]
    [InlineData("apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso\nrules: *a", "aliases are not taken")]
    [InlineData("apiVersion: !!str gatehouse/v1\nkind: Policy\nscope: contoso\nrules: {}", "line 1: tags are not taken")]
    [InlineData("a: [1, 2", "this is not YAML")]
    [InlineData("a: b: c", "line 1: this is not YAML")]
    [InlineData("a: 'b", "this is not YAML")]
    [InlineData("a: { b c: }\nd\n", "line 2: this is not YAML")]
    [InlineData("[[[[[[[[[[[[[[[[", "nested deeper than 12 levels")]
    public void Parse_BadDocument_SaysWhatIsWrong(string text, string expected)
    {
        var error = PolicyParser.Parse(text, Texts.Contoso).Error;

        Assert.Equal("policy-malformed", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SeveralProblems_ListsAllInOrderOfLines()
    {
        var error = PolicyParser.Parse(Texts.Document(Texts.Contoso, "size: { max: big }\nplatforms: { require: [arm] }\nfoo: 1\napproval: { required: many }"), Texts.Contoso).Error;

        Assert.StartsWith("The policy of contoso has 4 problems: line 5, rules.size.max: ", error.Message, StringComparison.Ordinal);
        var places = new[] { "line 5, rules.size.max", "line 6, rules.platforms.require[0]", "line 7, rules.foo", "line 8, rules.approval.required" };
        Assert.Equal(places, places.OrderBy(place => error.Message.IndexOf(place, StringComparison.Ordinal)));
        Assert.All(places, place => Assert.Contains(place, error.Message, StringComparison.Ordinal));
        Assert.Equal("rules.size.max", error.Field);
    }

    [Fact]
    public void Parse_HundredsOfProblems_ListsSomeAndCountsTheRest()
    {
        var error = PolicyParser.Parse(Texts.Document(Texts.Contoso, string.Join('\n', Enumerable.Range(0, 200).Select(i => $"k{i}: 1"))), Texts.Contoso).Error;

        Assert.StartsWith("The policy of contoso has 200 problems: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; and 160 more.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DocumentAtAndAboveTheSizeLimit_TakenAndRefused()
    {
        var text = Texts.Document(Texts.Contoso, "{}");
        var filler = new string('x', PolicyLimits.MaxDocumentBytes - text.Length - 2);

        Assert.True(PolicyParser.Parse(text + "#" + filler + "\n", Texts.Contoso).IsOk);
        var error = PolicyParser.Parse(text + "##" + filler + "\n", Texts.Contoso).Error;
        Assert.Equal((ErrorKind.TooLarge, "policy-too-large"), (error.Kind, error.Code));
        Assert.Contains("262145 bytes; at most 262144", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_BillionLaughs_RefusedWithoutExpanding()
    {
        var levels = Enumerable.Range(1, 30).Select(i => $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]");

        var error = PolicyParser.Parse("l0: &l0 lol\n" + string.Join('\n', levels), Texts.Contoso).Error;

        Assert.Contains("anchors are not taken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LoneSurrogate_RefusedAsInvalidUnicode() =>
        Assert.Contains("not valid Unicode", PolicyParser.Parse("scope: \ud800", Texts.Contoso).Error.Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_LongAndControlCharacters_AreNotEchoed()
    {
        var error = PolicyParser.Parse(Texts.Document(Texts.Contoso, $"size: {{ max: \"\\e[31m{new string('z', 500)}\" }}"), Scope.Parse("contoso").Value).Error;

        Assert.DoesNotContain('\u001b', error.Message);
        Assert.DoesNotContain(new string('z', 100), error.Message, StringComparison.Ordinal);
    }
}
