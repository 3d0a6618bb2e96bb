using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Images;

namespace Gatehouse.Local.Samples;

/// <summary>One gzip-compressed tar layer, the same bytes on every run.</summary>
/// <param name="Blob">What a manifest lists.</param>
/// <param name="DiffId">Digest of the uncompressed tar, for the configuration's <c>rootfs</c>.</param>
internal sealed record SampleLayer(Descriptor Blob, Digest DiffId, byte[] Content)
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static SampleLayer Of(params (string Path, byte[] Content)[] files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
                {
                    ModificationTime = Epoch,
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                    DataStream = new MemoryStream(content),
                });
            }
        }

        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar.GetBuffer(), 0, (int)tar.Length);
        }

        var bytes = compressed.ToArray();
        return new SampleLayer(
            new Descriptor(MediaTypes.OciLayerGzip, Digest.OfBytes(bytes), bytes.Length),
            Digest.OfHash(SHA256.HashData(tar.GetBuffer().AsSpan(0, (int)tar.Length))),
            bytes);
    }

    /// <summary>The files an Alpine image is known by: its release and its package database.</summary>
    public static SampleLayer Alpine(string architecture, IEnumerable<SamplePackage> packages)
    {
        var installed = new StringBuilder();
        foreach (var package in packages)
        {
            installed.Append($"P:{package.Name}\nV:{package.Version}\nA:{architecture}\nL:{package.License}\n\n");
        }

        return Of(
            ("etc/os-release", Encoding.UTF8.GetBytes("NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.3\n")),
            ("lib/apk/db/installed", Encoding.UTF8.GetBytes(installed.ToString())));
    }

    /// <summary>A file of bytes that do not compress, the same for the same seed.</summary>
    public static SampleLayer Ballast(int bytes, int seed)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return Of(("var/ballast", content));
    }
}
