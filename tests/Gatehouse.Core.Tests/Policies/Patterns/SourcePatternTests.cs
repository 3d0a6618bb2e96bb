using Gatehouse.Core.Policies.Patterns;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Patterns;

public class SourcePatternTests
{
    [Theory]
    [InlineData("docker.io/library/alpine", "docker.io/library/alpine", true)]
    [InlineData("docker.io/library/alpine", "docker.io/library/alpine-slim", false)]
    [InlineData("docker.io/library/*", "docker.io/library/alpine", true)]
    [InlineData("docker.io/library/*", "docker.io/library/a/b", false)]
    [InlineData("docker.io/*/alpine", "docker.io/library/alpine", true)]
    [InlineData("docker.io/library/al*ne", "docker.io/library/alne", true)]
    [InlineData("docker.io/library/a*p*e", "docker.io/library/alpine", true)]
    [InlineData("docker.io/library/alpin?", "docker.io/library/alpine", true)]
    [InlineData("docker.io/library/alpine?", "docker.io/library/alpine", false)]
    [InlineData("quay.io/a?b", "quay.io/a/b", false)]
    [InlineData("ghcr.io/**", "ghcr.io/a", true)]
    [InlineData("ghcr.io/**", "ghcr.io/a/b/c", true)]
    [InlineData("ghcr.io/**", "ghcr.iox/a", false)]
    [InlineData("ghcr.io/contoso/**", "ghcr.io/contoso", true)]
    [InlineData("ghcr.io/contoso/**", "ghcr.io/contoso-evil/a", false)]
    [InlineData("ghcr.io/**/tools", "ghcr.io/tools", true)]
    [InlineData("ghcr.io/**/tools", "ghcr.io/a/b/tools", true)]
    [InlineData("ghcr.io/**/tools", "ghcr.io/a/mytools", false)]
    [InlineData("ghcr.io/**/a/**/b", "ghcr.io/x/a/y/z/b", true)]
    [InlineData("ghcr.io/**/a/**/b", "ghcr.io/x/b/y/a", false)]
    [InlineData("**", "anything.example/at/all", true)]
    [InlineData("**/alpine", "quay.io/x/alpine", true)]
    [InlineData("**/alpine", "quay.io/x/alpine/y", false)]
    [InlineData("*/**", "quay.io/x", true)]
    [InlineData("127.0.0.1:*/**", "127.0.0.1:43211/library/alpine", true)]
    [InlineData("127.0.0.1:*/**", "127.0.0.1/library/alpine", false)]
    [InlineData("127.0.0.1:*/untrusted/**", "127.0.0.1:5000/untrusted/tool", true)]
    [InlineData("[::1]:*/**", "[::1]:5000/a", true)]
    [InlineData("localhost:*/**", "localhost:5000/a/b", true)]
    [InlineData("*.azurecr.io/**", "contoso.azurecr.io/a", true)]
    [InlineData("*.azurecr.io/**", "contoso.westeurope.azurecr.io/a", true)]
    public void Matches_NameAgainstPattern_AsDocumented(string pattern, string name, bool expected) =>
        Assert.Equal(expected, SourcePattern.TryParse(pattern, out _)!.Matches(name));

    [Theory]
    [InlineData("", "it has 0 characters")]
    [InlineData("docker.io/Library/*", "write 'docker.io/library/*'")]
    [InlineData("docker.io//x", "empty segment")]
    [InlineData("/docker.io/x", "empty segment")]
    [InlineData("docker.io/x/", "empty segment")]
    [InlineData("docker.io/library/alpine:3.20", "without tag and digest")]
    [InlineData("docker.io/library/alpine@sha256", "without tag and digest")]
    [InlineData("docker.io/lib**/x", "'**' stands for whole segments and must stand alone between slashes, not as in 'lib**'")]
    [InlineData("docker.io/***", "not as in '***'")]
    [InlineData("docker.io/a b", "' ' is in no image name")]
    [InlineData("docker.io/{a,b}", "'{' is in no image name")]
    [InlineData("alpine", "write 'docker.io/library/alpine'")]
    [InlineData("bitnami/*", "write 'docker.io/bitnami/*'")]
    [InlineData("quay.io", "for all of a registry write 'quay.io/**'")]
    [InlineData("index.docker.io/library/*", "write 'docker.io/library/*'")]
    [InlineData("registry-1.docker.io/**", "write 'docker.io/**'")]
    [InlineData("docker.io/*", "write 'docker.io/library/*', or 'docker.io/**'")]
    [InlineData("docker.io/alpine", "write 'docker.io/library/alpine'")]
    [InlineData("ghcr.io:443/**", "write 'ghcr.io:443' as 'ghcr.io'")]
    [InlineData("ghcr.io:443:443/**", "is not a registry host")]
    [InlineData("[0:0::1]:5000/**", "write '[0:0::1]:5000' as '[::1]:5000'")]
    [InlineData("-bad.io/x", "'-bad.io' is not a registry host")]
    public void TryParse_PatternThatCouldNeverMatch_SaysWhy(string pattern, string expected)
    {
        Assert.Null(SourcePattern.TryParse(pattern, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_LengthLimit_Kept()
    {
        Assert.NotNull(SourcePattern.TryParse("ghcr.io/" + new string('a', SourcePattern.MaxLength - 8), out _));
        Assert.Null(SourcePattern.TryParse("ghcr.io/" + new string('a', SourcePattern.MaxLength - 7), out _));
    }

    [Theory]
    [InlineData("latest", "latest", true)]
    [InlineData("latest", "Latest", false)]
    [InlineData("*-nightly", "1.2-nightly", true)]
    [InlineData("*-nightly", "nightly", false)]
    [InlineData("v?", "v1", true)]
    [InlineData("v?", "v10", false)]
    [InlineData("*", "anything", true)]
    [InlineData("**", "anything", true)]
    public void TagPattern_TagAgainstPattern_AsDocumented(string pattern, string tag, bool expected) =>
        Assert.Equal(expected, TagPattern.TryParse(pattern, out _)!.Matches(tag));
}
