using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Scopes;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Scopes;

public class ScopeTests
{
    [Theory]
    [InlineData("contoso", ScopeLevel.Organization)]
    [InlineData("contoso/payments", ScopeLevel.Program)]
    [InlineData("contoso/payments/ledger", ScopeLevel.Project)]
    [InlineData("contoso/payments/ledger/api", ScopeLevel.Application)]
    [InlineData("a--b/0", ScopeLevel.Program)]
    public void Parse_Good_KnowsItsLevel(string text, ScopeLevel level)
    {
        var scope = Scope.Parse(text).Value;

        Assert.Equal((text, text, level), (scope.Path, scope.ToString(), scope.Level));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Contoso")]
    [InlineData("/contoso")]
    [InlineData("contoso/")]
    [InlineData("a//b")]
    [InlineData("a/b/c/d/e")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a_b")]
    [InlineData("a\n")]
    [InlineData("~organizations")]
    [InlineData("a/../b")]
    public void Parse_Malformed_Refused(string? text) => Assert.Equal(("scope-malformed", "scope"), (Scope.Parse(text).Error.Code, Scope.Parse(text).Error.Field));

    [Fact]
    public void Parse_SegmentLength_LimitedAt63()
    {
        var longest = new string('a', Scope.MaxSegmentLength);

        Assert.True(Scope.Parse($"{longest}/{longest}/{longest}/{longest}").IsOk);
        Assert.False(Scope.Parse(longest + "a").IsOk);
        Assert.False(Scope.Parse(new string('a', 100_000)).IsOk);
    }

    [Fact]
    public void FromRoot_Application_OrganizationFirstItselfLast() =>
        Assert.Equal(["a", "a/b", "a/b/c", "a/b/c/d"], Scope.Parse("a/b/c/d").Value.FromRoot().Select(scope => scope.Path));

    [Fact]
    public void ParentAndRoot_OfOrganization_NoneAndItself()
    {
        var organization = Scope.Parse("contoso").Value;

        Assert.Null(organization.Parent);
        Assert.Equal(organization, organization.Root);
        Assert.Equal("contoso", Scope.Parse("contoso/a/b").Value.Root.Path);
        Assert.Equal("contoso/a", Scope.Parse("contoso/a/b").Value.Parent!.Path);
    }

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "a/b", true)]
    [InlineData("a", "ab", false)]
    [InlineData("a/b", "a/b/c/d", true)]
    [InlineData("a/b", "a/bc", false)]
    [InlineData("a/b", "a", false)]
    public void Contains_Other_ItselfAndBelow(string scope, string other, bool expected) =>
        Assert.Equal(expected, Scope.Parse(scope).Value.Contains(Scope.Parse(other).Value));

    [Fact]
    public void Parse_AnyText_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => !Scope.Parse(text).TryGet(out var scope, out _) || scope.Path == text).Check(PropertyRuns.Of());

    [Fact]
    public void Json_Scope_IsItsText()
    {
        Assert.Equal("\"a/b\"", JsonSerializer.Serialize(Scope.Parse("a/b").Value));
        Assert.Equal("a/b", JsonSerializer.Deserialize<Scope>("\"a/b\"")!.Path);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Scope>("\"A\""));
    }
}
