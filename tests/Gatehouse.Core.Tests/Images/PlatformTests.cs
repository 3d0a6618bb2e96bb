using System.Text.Json;
using Gatehouse.Core.Images;
using Xunit;

namespace Gatehouse.Core.Tests.Images;

public class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux", "amd64", null)]
    [InlineData("linux/arm/v7", "linux", "arm", "v7")]
    [InlineData("windows/amd64", "windows", "amd64", null)]
    public void Parse_Good_KeepsItsParts(string text, string os, string architecture, string? variant)
    {
        var platform = Platform.Parse(text).Value;

        Assert.Equal(new Platform(os, architecture, variant), platform);
        Assert.Equal(text, platform.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("/amd64")]
    [InlineData("linux/arm/v7/x")]
    [InlineData("linux/arm/")]
    [InlineData("linux/a b")]
    [InlineData("linux/ämd64")]
    public void Parse_Malformed_Refused(string? text) => Assert.Equal("platform-malformed", Platform.Parse(text).Error.Code);

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", true)]
    [InlineData("linux/arm64/v8", "linux/arm64", true)]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm", "linux/arm/v7", true)]
    [InlineData("linux/arm", "linux/arm/v6", false)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/amd64", "linux/amd64/v1", true)]
    [InlineData("linux/amd64", "linux/amd64/v3", false)]
    [InlineData("linux/s390x", "linux/s390x/z", false)]
    [InlineData("windows/amd64", "linux/amd64", false)]
    [InlineData("linux/arm64", "linux/amd64", false)]
    public void Satisfies_Demand_VariantsByTheirDefaults(string image, string wanted, bool expected) =>
        Assert.Equal(expected, Platform.Parse(image).Value.Satisfies(Platform.Parse(wanted).Value));

    [Theory]
    [InlineData("unknown/unknown", true)]
    [InlineData("linux/unknown", true)]
    [InlineData("linux/amd64", false)]
    public void IsUnknown_Platform_AsBuildKitWritesAttestations(string text, bool expected) => Assert.Equal(expected, Platform.Parse(text).Value.IsUnknown);

    [Fact]
    public void Json_Platform_IsItsText()
    {
        Assert.Equal("\"linux/arm/v7\"", JsonSerializer.Serialize(new Platform("linux", "arm", "v7")));
        Assert.Equal(new Platform("linux", "amd64"), JsonSerializer.Deserialize<Platform>("\"linux/amd64\""));
    }
}
