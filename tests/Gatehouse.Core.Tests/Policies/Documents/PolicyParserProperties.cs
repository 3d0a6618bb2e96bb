using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Documents;

public class PolicyParserProperties
{
    private static readonly string[] Fragments =
    [
        "apiVersion: gatehouse/v1\n", "kind: Policy\n", "scope: contoso\n", "rules:\n", "rules: ", "  size: { max: 500MiB }\n", "  sources:\n", "    allow: [\"docker.io/**\"]\n",
        "&a ", "*a", "!!str ", "!<tag:x> ", "! ", "---\n", "...\n", "%YAML 1.2\n", "%TAG ! !\n", "%YAML 99999999999.1\n", "? ", ": ", "- ", "[", "]", "{", "}", ",", "\"", "'", "|\n", ">-\n", "|9\n", "|+0\n",
        "\t", "\n", "\r", "  ", "#", "\0", "\u0085", "\u2028", "\uFEFF", "\ud83d\ude00", "\ud800", "\\x", "\\U00110000", "\"\\u", "\"\\xZZ\"", "<<: ", "~", "null", "@", "`", "%", "\u0007",
    ];

    [Fact]
    public void Parse_AnyText_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => IsSettled(text ?? string.Empty))
            .Check(PropertyRuns.Of(500));

    [Fact]
    public void Parse_AnyMixOfYamlFragments_NeverThrows()
    {
        var texts = Gen.Elements(Fragments).ListOf().Select(parts => string.Concat(parts));

        Prop.ForAll(texts.ToArbitrary(), IsSettled)
            .Check(PropertyRuns.Of(5000).WithEndSize(60));
    }

    [Fact]
    public void Parse_AnyDamagedDocument_NeverThrowsAndNamesALineWhenItRefuses()
    {
        var good = Texts.Document(Texts.Contoso, "sources: { allow: [\"docker.io/**\"], deny: [\"docker.io/evil/**\"] }\nmutableTags: { deny: [latest] }\nplatforms:\n  require:\n    - linux/amd64\nsize: { max: 5MB }");
        var damage = from at in Gen.Choose(0, good.Length - 1)
                     from length in Gen.Choose(0, 8)
                     from fragment in Gen.Elements(Fragments)
                     select string.Concat(good.AsSpan(0, at), fragment, good.AsSpan(Math.Min(good.Length, at + length)));

        Prop.ForAll(damage.ToArbitrary(), text =>
            {
                var result = PolicyParser.Parse(text, Texts.Contoso);
                return result.IsOk || result.Error.Message.Contains("line ", StringComparison.Ordinal) || result.Error.Message.Contains("Unicode", StringComparison.Ordinal);
            })
            .Check(PropertyRuns.Of(3000));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: &x b\n")]
    [InlineData("a,")]
    [InlineData("\"")]
    [InlineData("!")]
    [InlineData("k: ")]
    [InlineData("{}\n")]
    [InlineData("[],")]
    [InlineData("|")]
    [InlineData("%a b\n")]
    public void Parse_OneFragmentUpToTheSizeLimit_IsRefusedNotThrown(string fragment)
    {
        var text = string.Concat(Enumerable.Repeat(fragment, (PolicyLimits.MaxDocumentBytes / fragment.Length) - 1));

        Assert.False(PolicyParser.Parse(text, Texts.Contoso).IsOk);
    }

    private static bool IsSettled(string text) =>
        !PolicyParser.Parse(text, Texts.Contoso).TryGet(out var document, out var error) ? error.Message.Length > 0 : document.Scope == Texts.Contoso;
}
