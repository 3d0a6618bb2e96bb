using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Layouts;
using Gatehouse.TestKit.Files;
using Xunit;

namespace Gatehouse.Registry.Tests.Layouts;

public sealed class OciLayoutTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_Written_FindsEntriesAndBytes()
    {
        using var directory = new TempDirectory();
        var (layout, index) = await SampleLayout.WriteAsync(directory.Path, 1000, Token);
        Assert.Equal(index, layout.Find("1.0").Value.Digest);
        Assert.Equal(index, layout.Find(null).Value.Digest);
        Assert.Equal(index, layout.Find(index.ToString()).Value.Digest);
        var bytes = (await layout.ReadManifestAsync(index, Token)).Value;
        Assert.Equal(2, ManifestDocument.Parse(null, bytes).Value.Manifests.Count);
    }

    [Fact]
    public async Task Find_UnknownName_SaysWhichThereAre()
    {
        using var directory = new TempDirectory();
        var (layout, _) = await SampleLayout.WriteAsync(directory.Path, 10, Token);
        Assert.Equal(["1.0"], layout.Find("2.0").Error.Allowed);
    }

    [Theory]
    [InlineData("oci-layout", "{}", "layout-malformed")]
    [InlineData("oci-layout", """{"imageLayoutVersion":"2.0.0"}""", "layout-malformed")]
    [InlineData("oci-layout", null, "layout-incomplete")]
    [InlineData("index.json", null, "layout-incomplete")]
    [InlineData("index.json", "[]", "manifest-malformed")]
    [InlineData("index.json", """{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"sha256:../../../../etc/passwd","size":1}]}""", "manifest-malformed")]
    public async Task Open_Malformed_IsRefused(string file, string? content, string code)
    {
        using var directory = new TempDirectory();
        await SampleLayout.WriteAsync(directory.Path, 10, Token);
        File.Delete(directory[file]);
        if (content is not null)
        {
            await File.WriteAllTextAsync(directory[file], content, Token);
        }

        Assert.Equal(code, (await OciLayout.OpenAsync(directory.Path, Token)).Error.Code);
    }

    [Fact]
    public async Task Open_IndexTooLarge_IsRefused()
    {
        using var directory = new TempDirectory();
        await SampleLayout.WriteAsync(directory.Path, 10, Token);
        await File.WriteAllBytesAsync(directory["index.json"], new byte[OciLayout.MaxManifestBytes + 1], Token);
        Assert.Equal("layout-malformed", (await OciLayout.OpenAsync(directory.Path, Token)).Error.Code);
    }

    [Fact]
    public async Task ReadManifest_SymbolicLink_IsRefused()
    {
        using var directory = new TempDirectory();
        var (layout, index) = await SampleLayout.WriteAsync(directory.Path, 10, Token);
        var path = Path.Combine(directory.Path, "blobs", "sha256", index.Hex);
        File.Move(path, directory["outside"]);
        File.CreateSymbolicLink(path, directory["outside"]);
        Assert.Equal("layout-malformed", (await layout.ReadManifestAsync(index, Token)).Error.Code);
    }

    [Fact]
    public async Task ReadManifest_LinkedBlobDirectory_IsRefused()
    {
        using var directory = new TempDirectory();
        using var elsewhere = new TempDirectory();
        var (layout, index) = await SampleLayout.WriteAsync(directory.Path, 10, Token);
        Directory.Move(directory["blobs"], elsewhere["blobs"]);
        Directory.CreateSymbolicLink(directory["blobs"], elsewhere["blobs"]);
        Assert.Equal("layout-malformed", (await layout.ReadManifestAsync(index, Token)).Error.Code);
    }

    [Fact]
    public async Task ReadManifest_OtherBytes_IsRefused()
    {
        using var directory = new TempDirectory();
        var (layout, index) = await SampleLayout.WriteAsync(directory.Path, 10, Token);
        await File.AppendAllTextAsync(Path.Combine(directory.Path, "blobs", "sha256", index.Hex), " ", Token);
        Assert.Equal("layout-digest-mismatch", (await layout.ReadManifestAsync(index, Token)).Error.Code);
    }

    [Fact]
    public async Task OpenBlob_SameSizeOtherBytes_ThrowsWhenRead()
    {
        using var directory = new TempDirectory();
        var writer = await OciLayoutWriter.CreateAsync(directory.Path, Token);
        var blob = await writer.AddBlobAsync(MediaTypes.OciLayerGzip, "hello"u8.ToArray(), Token);
        await writer.FinishAsync(Token);
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "blobs", "sha256", blob.Digest.Hex), "hellO", Token);
        var layout = (await OciLayout.OpenAsync(directory.Path, Token)).Value;
        await using var stream = layout.OpenBlob(blob).Value;
        await Assert.ThrowsAsync<BlobDigestException>(async () => await stream.ReadExactlyAsync(new byte[5], Token));
        Assert.Equal("layout-malformed", layout.OpenBlob(blob with { Size = 6 }).Error.Code);
    }
}
