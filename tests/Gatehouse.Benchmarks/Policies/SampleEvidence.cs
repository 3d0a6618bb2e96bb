using System.Text;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;

namespace Gatehouse.Benchmarks.Policies;

/// <summary>Candidates as they come: from distroless images without a finding to old distributions with hundreds, on one to four platforms. The same every time.</summary>
internal static class SampleEvidence
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly int[] Findings = [0, 4, 15, 45, 120, 350];
    private static readonly string[] Sources = ["docker.io/library/postgres:17.2", "mcr.microsoft.com/dotnet/aspnet:10.0.1", "quay.io/prometheus/node-exporter:v1.9.0", "docker.io/library/node:latest"];
    private static readonly string[] Platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x"];

    public static IReadOnlyList<EvidenceSet> Create()
    {
        var random = new Random(1);
        return [.. from findings in Findings from source in Sources select Create(source, findings, random)];
    }

    private static EvidenceSet Create(string source, int findings, Random random)
    {
        var platforms = Platforms.Take(random.Next(1, Platforms.Length + 1)).Select(platform => Image(source, platform, random)).ToList();
        var (requested, digest) = (ImageReference.Parse(source).Value, DigestOf($"{source} {findings}"));
        var candidate = new Candidate(requested.WithDigest(digest), digest, MediaTypes.OciIndex, 1800, platforms, [], Now);

        // Half of the images have nothing above medium, as images that pass have not.
        var worst = random.Next(2) == 0 ? Severity.Medium : Severity.Critical;
        return new EvidenceSet(candidate, [Scan("sample-scanner", digest, findings, worst, random), Scan("trivy", digest, findings, worst, random)]) { Requested = requested };
    }

    private static PlatformImage Image(string source, string platform, Random random) => new(
        Platform.Parse(platform).Value,
        new Descriptor(MediaTypes.OciManifest, DigestOf($"{source} {platform}"), 1200),
        new Descriptor(MediaTypes.OciConfig, DigestOf($"{source} {platform} config"), 4000),
        [.. Enumerable.Range(0, random.Next(3, 13)).Select(layer => new Descriptor(MediaTypes.OciLayerGzip, DigestOf($"{source} {platform} {layer}"), random.Next(200, 4_000_000)))],
        Now.AddDays(-30));

    private static ScanEvidence Scan(string scanner, Digest artifact, int count, Severity worst, Random random)
    {
        var findings = Enumerable.Range(0, count)
            .Select(number => new Finding($"CVE-{2019 + (number % 7)}-{1000 + number}", $"package-{number % 60}", $"{number % 9}.{number % 13}-{number % 5}", number % 3 == 0 ? "9.9" : null, SeverityOf(random.Next(100), worst)))
            .ToList();
        return new ScanEvidence(scanner, EvidenceState.Present, new ScanReport(scanner, "1.0", "harbor-1.1", Now, artifact, findings), null, Now);
    }

    /// <summary>In the shares distributions' scans have: mostly negligible and low.</summary>
    private static Severity SeverityOf(int percent, Severity worst)
    {
        var severity = percent switch { < 45 => Severity.Negligible, < 70 => Severity.Low, < 90 => Severity.Medium, < 98 => Severity.High, _ => Severity.Critical };
        return severity > worst ? worst : severity;
    }

    private static Digest DigestOf(string seed) => Digest.OfBytes(Encoding.UTF8.GetBytes(seed));
}
