using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Images;

public class ImageReferenceTests
{
    private const string Sha256 = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("alpine:3.20", "docker.io", "library/alpine", "3.20", null)]
    [InlineData(" alpine\n", "docker.io", "library/alpine", "latest", null)]
    [InlineData("bitnami/redis", "docker.io", "bitnami/redis", "latest", null)]
    [InlineData("docker.io/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("docker.io/library/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("index.docker.io/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("index.docker.io/bitnami/redis:7", "docker.io", "bitnami/redis", "7", null)]
    [InlineData("registry-1.docker.io/library/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("registry.hub.docker.com/library/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("DOCKER.IO/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("docker.io:443/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("GHCR.io/contoso/tool:v1", "ghcr.io", "contoso/tool", "v1", null)]
    [InlineData("ghcr.io:443/contoso/tool:v1", "ghcr.io", "contoso/tool", "v1", null)]
    [InlineData("quay.io/a/b/c/d:1", "quay.io", "a/b/c/d", "1", null)]
    [InlineData("localhost/a", "localhost", "a", "latest", null)]
    [InlineData("localhost:5000/a/b", "localhost:5000", "a/b", "latest", null)]
    [InlineData("localhost:443/a", "localhost:443", "a", "latest", null)]
    [InlineData("localhost:5000", "docker.io", "library/localhost", "5000", null)]
    [InlineData("registry:443/a", "registry:443", "a", "latest", null)]
    [InlineData("127.0.0.1:5000/a", "127.0.0.1:5000", "a", "latest", null)]
    [InlineData("[::1]:5000/a:b", "[::1]:5000", "a", "b", null)]
    [InlineData("[::1]/a", "[::1]", "a", "latest", null)]
    [InlineData("[0:0:0:0:0:0:0:1]:5000/a", "[::1]:5000", "a", "latest", null)]
    [InlineData("[2001:DB8::1]:443/a", "[2001:db8::1]", "a", "latest", null)]
    [InlineData("alpine@" + Sha256, "docker.io", "library/alpine", null, Sha256)]
    [InlineData("alpine:3.20@" + Sha256, "docker.io", "library/alpine", "3.20", Sha256)]
    [InlineData("localhost:5000/a@" + Sha256, "localhost:5000", "a", null, Sha256)]
    [InlineData("a/b__c.d-e---f:T_a.g-1", "docker.io", "a/b__c.d-e---f", "T_a.g-1", null)]
    public void Parse_GoodReference_NormalisedAsDockerDoes(string text, string registry, string repository, string? tag, string? digest)
    {
        var reference = ImageReference.Parse(text).Value;

        Assert.Equal((registry, repository, tag, digest), (reference.Registry, reference.Repository, reference.Tag, reference.Digest?.ToString()));
        Assert.Equal($"{registry}/{repository}", reference.Name);
        Assert.Equal(digest ?? tag, reference.ManifestReference);
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()).Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Alpine")]
    [InlineData("alpine:")]
    [InlineData("alpine:-1")]
    [InlineData("alpine:a b")]
    [InlineData("alpine@")]
    [InlineData("alpine@sha256:0123")]
    [InlineData("alpine@md5:0123456789abcdef0123456789abcdef")]
    [InlineData("alpine@" + Sha256 + "@" + Sha256)]
    [InlineData("@" + Sha256)]
    [InlineData(":tag")]
    [InlineData("/alpine")]
    [InlineData("alpine/")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a/-b")]
    [InlineData("a___b")]
    [InlineData("a..b/c")]
    [InlineData("https://ghcr.io/a/b")]
    [InlineData("ghcr.io/")]
    [InlineData("ghcr.io./a")]
    [InlineData("-ghcr.io/a")]
    [InlineData("gh_cr.io/a")]
    [InlineData("user@ghcr.io/a")]
    [InlineData("ghcr.io:/a")]
    [InlineData("ghcr.io:0/a")]
    [InlineData("ghcr.io:080/a")]
    [InlineData("ghcr.io:65536/a")]
    [InlineData("ghcr.io:99999/a")]
    [InlineData("ghcr.io:5000000/a")]
    [InlineData("ghcr.io:443:443/a")]
    [InlineData("ghcr.io:5000:443/a")]
    [InlineData("a:443:443/a")]
    [InlineData("localhost:443:443/a")]
    [InlineData("127.0.0.1:443:443/a")]
    [InlineData("[2001:db8::1]:443:443/a")]
    [InlineData("[2001:db8::1]:5000:443/a")]
    [InlineData("[::ffff:1.2.3.4]:443:443/a")]
    [InlineData("[::1/a")]
    [InlineData("[:::1]/a")]
    [InlineData("[]:5000/a")]
    [InlineData("[1.2.3.4]/a")]
    [InlineData("127.1/a")]
    [InlineData("0x7f.0x1/a")]
    [InlineData("0177.0.0.1/a")]
    [InlineData("2130706433:5000/a")]
    [InlineData("256.0.0.1/a")]
    [InlineData("ghcr.io/a\n/b")]
    [InlineData("ghcr.io/a\u0000b")]
    [InlineData("ghcr.io/ä")]
    public void Parse_Malformed_RefusedWithTheValue(string? text)
    {
        var error = ImageReference.Parse(text).Error;

        Assert.Equal((ErrorKind.Invalid, "reference-malformed", "image"), (error.Kind, error.Code, error.Field));
        Assert.StartsWith($"'{text}' is not an image reference: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NameLengths_LimitedAt255()
    {
        Assert.True(ImageReference.Parse("ghcr.io/" + new string('a', 247)).IsOk);
        Assert.False(ImageReference.Parse("ghcr.io/" + new string('a', 248)).IsOk);
        Assert.False(ImageReference.Parse(new string('a', 10_000)).IsOk);
        Assert.True(ImageReference.Parse("alpine:" + new string('a', 128)).IsOk);
        Assert.False(ImageReference.Parse("alpine:" + new string('a', 129)).IsOk);
    }

    [Fact]
    public void Parse_AnyText_NeverThrowsAndWhatItTakesReadsBackTheSame() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), ReadsBack).Check(PropertyRuns.Of(1000));

    [Fact]
    public void Parse_AnyMixOfParts_ReadsBackTheSame()
    {
        var parts = Gen.Elements("docker.io", "index.docker.io", "localhost", "a", "b1", "A", ".", "..", "_", "-", "/", "/", ":", ":443", ":5000", "@", Sha256, "[::1]", "[::ffff:1.2.3.4]", "127.0.0.1", "library", "latest", "x.io", " ", "é");

        Prop.ForAll(parts.ListOf().Select(list => string.Concat(list)).ToArbitrary(), ReadsBack).Check(PropertyRuns.Of(10_000).WithEndSize(12));
    }

    [Fact]
    public void Parse_AcceptedRegistry_IsAHostEveryUriParserReadsTheSame()
    {
        var hosts = Gen.Elements("a", "1", "0x1", "256", "[", "]", "::", "1", "f", ".", ":", "443", "5000", "-", "io").ListOf().Select(parts => string.Concat(parts));

        Prop.ForAll(hosts.ToArbitrary(), host => !ImageReference.Parse(host + "/a/b").TryGet(out var reference, out _)
                || reference.Registry == ImageReference.DockerHub
                || (Uri.TryCreate($"https://{reference.Registry}/v2/", UriKind.Absolute, out var uri) && (uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}") == WithoutHttpsPort(reference.Registry)))
            .Check(PropertyRuns.Of(10_000).WithEndSize(10));
    }

    [Fact]
    public void Json_Reference_IsItsText()
    {
        var reference = ImageReference.Parse("ghcr.io/a/b:1@" + Sha256).Value;
        var json = JsonSerializer.Serialize(reference);

        Assert.Equal($"\"ghcr.io/a/b:1@{Sha256}\"", json);
        Assert.Equal(reference, JsonSerializer.Deserialize<ImageReference>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ImageReference>("\"A B\""));
    }

    private static bool ReadsBack(string? text) =>
        !ImageReference.Parse(text).TryGet(out var reference, out _)
        || (ImageReference.Parse(reference.ToString()).TryGet(out var again, out _) && again == reference);

    private static string WithoutHttpsPort(string host) => host.EndsWith(":443", StringComparison.Ordinal) ? host[..^4] : host;
}
