using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Registry.Tests.Documents;

public sealed class ManifestDocumentTests
{
    private const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Config = $$"""{"mediaType":"{{MediaTypes.OciConfig}}","digest":"sha256:{{Hex}}","size":0}""";

    [Fact]
    public void Parse_Written_IsTheSame()
    {
        var manifest = new Descriptor(MediaTypes.OciManifest, Digest.OfBytes("x"u8), 3)
        {
            Platform = new Platform("linux", "arm64", "v8"),
            ArtifactType = "application/x",
            Annotations = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
        };
        var read = ManifestDocument.Parse(MediaTypes.OciIndex, ManifestWriter.Index([manifest])).Value;
        var entry = Assert.Single(read.Manifests);
        Assert.Equal(manifest.Platform, entry.Platform);
        Assert.Equal(manifest.ArtifactType, entry.ArtifactType);
        Assert.Equal(manifest.Annotations, entry.Annotations);
        Assert.Equal(manifest.Digest, entry.Digest);
    }

    [Theory]
    [InlineData("""{"schemaVersion":1,"config":CONFIG}""", "schemaVersion")]
    [InlineData("""{"config":CONFIG}""", "schemaVersion")]
    [InlineData("""{"schemaVersion":2}""", "'config' is missing")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"manifests":[]}""", "'manifests'")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"config":CONFIG}""", "not JSON as expected")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"mediaType":"application/vnd.oci.image.index.v1+json"}""", "served as")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"layers":{}}""", "'layers'")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"layers":[{"mediaType":"a","digest":"sha256:00","size":1}]}""", "not a digest")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"annotations":{"a":1}}""", "'annotations'")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("", "not JSON")]
    public void Parse_Malformed_SaysWhy(string json, string why)
    {
        var error = ManifestDocument.Parse(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(json.Replace("CONFIG", Config, StringComparison.Ordinal))).Error;
        Assert.Equal("manifest-malformed", error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    [InlineData("99999999999999999999")]
    public void Parse_SizeThatIsNone_IsMalformed(string size)
    {
        var json = $$"""{"schemaVersion":2,"config":{"mediaType":"m","digest":"sha256:{{Hex}}","size":{{size}} } }""";
        Assert.Equal("manifest-malformed", ManifestDocument.Parse(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(json)).Error.Code);
    }

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+json")]
    [InlineData("application/json")]
    public void Parse_OtherType_IsUnsupported(string type) =>
        Assert.Equal("manifest-unsupported", ManifestDocument.Parse(type, "{}"u8.ToArray()).Error.Code);

    [Fact]
    public void Parse_PlatformNoTextCanHold_IsMalformed()
    {
        var json = $$"""{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"sha256:{{Hex}}","size":1,"platform":{"os":"a/b","architecture":"c d"} }]}""";
        Assert.Equal("manifest-malformed", ManifestDocument.Parse(MediaTypes.OciIndex, Encoding.UTF8.GetBytes(json)).Error.Code);
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrows() =>
        Prop.ForAll<byte[]>(bytes => !ManifestDocument.Parse(null, bytes).IsOk).Check(PropertyRuns.Of());

    [Fact]
    public void Parse_BrokenManifest_NeverThrows()
    {
        var whole = RegistryFixture.Manifest();
        Prop.ForAll(Gen.Choose(0, whole.Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, value) =>
        {
            var broken = whole.ToArray();
            broken[at] = (byte)value;
            ManifestDocument.Parse(MediaTypes.OciManifest, broken);
            ConfigDocument.Parse(broken);
            ErrorEnvelope.Read(broken);
            return true;
        }).Check(PropertyRuns.Of());
    }

    [Theory]
    [InlineData("""{"os":"linux","architecture":"arm","variant":"v7","created":"2026-01-02T03:04:05.123456789Z"}""", "linux/arm/v7", true)]
    [InlineData("""{"os":"linux","architecture":"amd64","variant":"","created":"yesterday"}""", "linux/amd64", false)]
    [InlineData("""{"created":null}""", null, false)]
    public void Config_Fields_AreReadAsClaims(string json, string? platform, bool dated)
    {
        var config = ConfigDocument.Parse(Encoding.UTF8.GetBytes(json)).Value;
        Assert.Equal(platform, config.Platform?.ToString());
        Assert.Equal(dated, config.Created is not null);
    }
}
