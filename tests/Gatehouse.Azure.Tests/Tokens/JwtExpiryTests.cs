using System.Buffers.Text;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Azure.Tokens;
using Gatehouse.TestKit;

namespace Gatehouse.Azure.Tests.Tokens;

public class JwtExpiryTests
{
    [Theory]
    [InlineData("""{"exp":1700000000}""", 1700000000L)]
    [InlineData("""{"exp":1700000000.9}""", 1700000000L)]
    [InlineData("""{"exp":"1700000000"}""", null)]
    [InlineData("""{"exp":-1}""", null)]
    [InlineData("""{"exp":1e300}""", null)]
    [InlineData("""{}""", null)]
    [InlineData("""[]""", null)]
    [InlineData("""x""", null)]
    public void Read_Payload_GivesItsExpiry(string payload, long? seconds) =>
        Assert.Equal(seconds, JwtExpiry.Read($"h.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.s")?.ToUnixTimeSeconds());

    [Fact]
    public void Read_AnyText_NeverThrows() => Prop.ForAll<string, string>((a, b) =>
    {
        _ = JwtExpiry.Read(a ?? string.Empty);
        return JwtExpiry.Read($"{a}.{b}.") is null or { Year: > 1969 };
    }).Check(PropertyRuns.Of());
}
