using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Images;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Images;

public class DigestTests
{
    // SHA-256 of "abc". Source: FIPS 180-2 appendix B.1.
    private const string Abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    // SHA-512 of "abc". Source: FIPS 180-2 appendix C.1.
    private const string Abc512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    [Fact]
    public void OfBytes_KnownContent_GivesTheKnownDigest()
    {
        var digest = Digest.OfBytes("abc"u8);

        Assert.Equal((Abc, "sha256", "ba7816bf8f01"), (digest.ToString(), digest.Algorithm, digest.Short));
    }

    [Theory]
    [InlineData(Abc)]
    [InlineData(Abc512)]
    public void Matches_ItsContentAndAnother_OnlyItsContent(string text)
    {
        var digest = Digest.Parse(text).Value;

        Assert.True(digest.Matches("abc"u8));
        Assert.False(digest.Matches("abd"u8));
        Assert.Equal(text, digest.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:abc")]
    [InlineData("SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha384:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(Abc + "\n")]
    public void Parse_Malformed_Refused(string? text)
    {
        Assert.Equal("digest-malformed", Digest.Parse(text).Error.Code);
        Assert.False(Digest.TryParse(text, out _));
    }

    [Fact]
    public void Parse_AnyText_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => !Digest.TryParse("sha256:" + text, out var digest) || digest.Hex == text).Check(PropertyRuns.Of());

    [Fact]
    public void Parse_DigestOfAnyBytes_ReadsBackAndMatches() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Digest.Parse(Digest.OfBytes(bytes ?? []).ToString()).Value.Matches(bytes)).Check(PropertyRuns.Of());

    [Fact]
    public void Compare_Digests_ByText()
    {
        var (a, b) = (Digest.OfBytes(Encoding.UTF8.GetBytes("abc")), Digest.Parse(Abc512).Value);

        Assert.True(a < b && a <= b && b > a && b >= a && a != b);
        Assert.Equal(0, a.CompareTo(Digest.Parse(Abc).Value));
    }

    [Fact]
    public void Default_Digest_HasNoTextAndPretendsNone()
    {
        Assert.Equal(string.Empty, default(Digest).ToString());
        Assert.Throws<InvalidOperationException>(() => default(Digest).Hex);
    }

    [Fact]
    public void Json_Digest_IsItsText()
    {
        Assert.Equal($"\"{Abc}\"", JsonSerializer.Serialize(Digest.OfBytes("abc"u8)));
        Assert.Equal(Abc, JsonSerializer.Deserialize<Digest>($"\"{Abc}\"").ToString());
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Digest>("\"abc\""));
    }
}
