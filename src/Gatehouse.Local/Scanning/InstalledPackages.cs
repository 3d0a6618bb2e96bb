using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Gatehouse.Local.Scanning;

/// <param name="Database">The file that lists it.</param>
internal sealed record InstalledPackage(string Name, string Version, string Database);

/// <summary>Reads the package databases in a layer. Nothing is written to disk or run.</summary>
internal static class InstalledPackages
{
    /// <summary>Bytes of one package database.</summary>
    private const int MaxDatabaseBytes = 32 * 1024 * 1024;

    /// <summary>Bytes of a layer, uncompressed.</summary>
    private const long MaxLayerBytes = 4L * 1024 * 1024 * 1024;

    private const int MaxEntries = 500_000;

    private const string ApkDatabase = "lib/apk/db/installed";
    private const string DpkgDatabase = "var/lib/dpkg/status";
    private const string DpkgFragments = "var/lib/dpkg/status.d/";

    /// <exception cref="InvalidDataException">The layer is no tar, is larger than the limits, or lists packages in a format that is not read here.</exception>
    public static async Task<IReadOnlyList<InstalledPackage>> ReadAsync(Stream layer, bool gzip, CancellationToken cancellationToken)
    {
        await using var plain = gzip ? new GZipStream(layer, CompressionMode.Decompress) : layer;
        await using var reader = new TarReader(new CappedStream(plain, MaxLayerBytes));
        var packages = new List<InstalledPackage>();
        for (var entries = 0; await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry; entries++)
        {
            if (entries == MaxEntries)
            {
                throw new InvalidDataException($"The layer has more than {MaxEntries} entries.");
            }

            var path = entry.Name.TrimStart('.', '/');
            if (path.StartsWith("var/lib/rpm/", StringComparison.Ordinal) || path.StartsWith("usr/lib/sysimage/rpm/", StringComparison.Ordinal))
            {
                throw new InvalidDataException("The image lists its packages in an rpm database, which the sample scanner does not read.");
            }

            if (entry.DataStream is { } data && (path is ApkDatabase or DpkgDatabase || path.StartsWith(DpkgFragments, StringComparison.Ordinal)))
            {
                packages.AddRange(Parse(path, await ReadTextAsync(data, path, cancellationToken)));
            }
        }

        return packages;
    }

    private static IEnumerable<InstalledPackage> Parse(string path, string text)
    {
        var (nameKey, versionKey) = path == ApkDatabase ? ("P:", "V:") : ("Package: ", "Version: ");
        string? name = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(nameKey, StringComparison.Ordinal))
            {
                name = line[nameKey.Length..].Trim();
            }
            else if (name is not null && line.StartsWith(versionKey, StringComparison.Ordinal))
            {
                yield return new InstalledPackage(name, line[versionKey.Length..].Trim(), path);
                name = null;
            }
        }
    }

    private static async Task<string> ReadTextAsync(Stream data, string path, CancellationToken cancellationToken)
    {
        if (data.Length > MaxDatabaseBytes)
        {
            throw new InvalidDataException($"{path} exceeds {MaxDatabaseBytes} bytes.");
        }

        using var reader = new StreamReader(data, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
