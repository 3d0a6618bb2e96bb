using Gatehouse.Core.Images;

namespace Gatehouse.Evidence.Scanners;

/// <summary>The scans one image became: one a platform manifest, written <c>sha256:…=id,sha256:…=id</c>.</summary>
internal sealed record ScanTicket(IReadOnlyList<(Digest Manifest, string Id)> Scans)
{
    /// <summary>Longest id of one scan, in characters.</summary>
    public const int MaxIdLength = 256;

    public static ScanTicket? Parse(string text)
    {
        var scans = new List<(Digest, string)>();
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || equals == part.Length - 1 || !Digest.TryParse(part[..equals], out var manifest))
            {
                return null;
            }

            scans.Add((manifest, Uri.UnescapeDataString(part[(equals + 1)..])));
        }

        return new ScanTicket(scans);
    }

    public override string ToString() => string.Join(',', Scans.Select(scan => $"{scan.Manifest}={Uri.EscapeDataString(scan.Id)}"));
}
