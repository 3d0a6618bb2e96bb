using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Registry.Auth;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Registry.Tests.Auth;

public sealed class ChallengeParserTests
{
    [Fact]
    public void Parse_Bearer_ReadsParameters()
    {
        var challenge = Assert.Single(ChallengeParser.Parse(["Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/x:pull,push\""]));
        Assert.Equal("bearer", challenge.Scheme);
        Assert.Equal("https://auth.docker.io/token", challenge["realm"]);
        Assert.Equal("registry.docker.io", challenge["service"]);
        Assert.Equal("repository:library/x:pull,push", challenge["scope"]);
    }

    [Fact]
    public void Parse_TwoChallengesInOneHeader_ReadsBoth()
    {
        // As Quay has been seen to answer.
        var challenges = ChallengeParser.Parse(["Basic realm=\"quay.io\", Bearer realm=\"https://quay.io/v2/auth\",service=\"quay.io\""]);
        Assert.Equal(["basic", "bearer"], challenges.Select(challenge => challenge.Scheme));
        Assert.Equal("quay.io", challenges[0]["realm"]);
        Assert.Equal("https://quay.io/v2/auth", challenges[1]["realm"]);
    }

    [Fact]
    public void Parse_TwoHeaders_ReadsBoth() =>
        Assert.Equal(["negotiate", "basic"], ChallengeParser.Parse(["Negotiate", "BASIC Realm=x"]).Select(challenge => challenge.Scheme));

    [Theory]
    [InlineData("bearer REALM=https://r.io/token?a=b , Service = r.io", "https://r.io/token?a=b", "r.io")]
    [InlineData("Bearer realm=\"a\\\"b, c\",service=s", "a\"b, c", "s")]
    [InlineData("Bearer realm=\"unclosed", "unclosed", null)]
    [InlineData("Bearer ,, realm=\"x\",,service=\"\"", "x", "")]
    public void Parse_OddForms_AreRead(string header, string? realm, string? service)
    {
        var challenge = Assert.Single(ChallengeParser.Parse([header]));
        Assert.Equal(realm, challenge["realm"]);
        Assert.Equal(service, challenge["service"]);
    }

    [Fact]
    public void Parse_AnyText_NeverThrows() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            ChallengeParser.Parse([text.Get, $"Bearer realm=\"{text.Get}", $"Bearer {text.Get}=x"]);
            return true;
        }).Check(PropertyRuns.Of());

    [Fact]
    public void Parse_PiecesOfChallenges_NeverThrowsAndKeepsSchemesLower()
    {
        var piece = Gen.Elements("Bearer", "Basic", " ", ",", "=", "\"", "\\", "realm", "scope", "https://x/y");
        Prop.ForAll(Gen.ListOf(piece).ToArbitrary(), pieces =>
            ChallengeParser.Parse([string.Concat(pieces)]).All(challenge => !challenge.Scheme.Any(char.IsAsciiLetterUpper))).Check(PropertyRuns.Of());
    }
}
