using System.IO.Compression;
using System.Text;
using Gatehouse.Local.Samples;
using Gatehouse.Local.Scanning;
using Xunit;

namespace Gatehouse.Local.Tests.Scanning;

public class InstalledPackagesTests
{
    [Fact]
    public async Task Read_AlpineDatabase_ListsNamesAndVersions()
    {
        var layer = SampleLayer.Alpine("x86_64", [new("musl", "1.2.5-r0", "MIT"), new("busybox", "1.36.1-r29", "GPL-2.0-only")]);

        var packages = await InstalledPackages.ReadAsync(new MemoryStream(layer.Content), gzip: true, CancellationToken.None);

        Assert.Equal([("musl", "1.2.5-r0"), ("busybox", "1.36.1-r29")], packages.Select(package => (package.Name, package.Version)));
    }

    [Theory]
    [InlineData("var/lib/dpkg/status")]
    [InlineData("./var/lib/dpkg/status.d/base")]
    public async Task Read_DebianDatabase_ListsNamesAndVersions(string path)
    {
        var layer = SampleLayer.Of((path, "Package: liblzma5\nStatus: install ok installed\nVersion: 5.6.1-1\n\nPackage: dash\nVersion: 0.5.12-2\n"u8.ToArray()));

        var packages = await InstalledPackages.ReadAsync(new MemoryStream(layer.Content), gzip: true, CancellationToken.None);

        Assert.Equal([("liblzma5", "5.6.1-1"), ("dash", "0.5.12-2")], packages.Select(package => (package.Name, package.Version)));
    }

    [Fact]
    public async Task Read_RpmDatabase_IsRefusedRatherThanReportedClean()
    {
        var layer = SampleLayer.Of(("var/lib/rpm/rpmdb.sqlite", [1, 2, 3]));

        await Assert.ThrowsAsync<InvalidDataException>(() => InstalledPackages.ReadAsync(new MemoryStream(layer.Content), gzip: true, CancellationToken.None));
    }

    [Fact]
    public async Task Read_LayerThatIsNoTar_IsRefused()
    {
        using var junk = new MemoryStream();
        using (var gzip = new GZipStream(junk, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(new string('x', 2_000)));
        }

        junk.Position = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => InstalledPackages.ReadAsync(junk, gzip: true, CancellationToken.None));
    }

    [Fact]
    public async Task CappedStream_OneByteTooMany_IsAnError()
    {
        await using var exact = new CappedStream(new MemoryStream(new byte[10]), 10);
        await using var over = new CappedStream(new MemoryStream(new byte[11]), 10);

        Assert.Equal(10, await exact.ReadAsync(new byte[20]));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await over.ReadExactlyAsync(new byte[11]));
    }

    [Fact]
    public void AdvisoryBook_MatchesExactVersionsOnly()
    {
        var book = AdvisoryBook.Load();

        Assert.Equal("CVE-2024-3094", Assert.Single(book.For(new InstalledPackage("xz-libs", "5.6.1-r0", "db"))).Id);
        Assert.Empty(book.For(new InstalledPackage("xz-libs", "5.6.1-r2", "db")));
    }
}
