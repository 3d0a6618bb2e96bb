using System.Text;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Tests.Policies;

/// <summary>Evidence with one thing at a time changed from a harmless alpine.</summary>
internal static class Evidences
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Digest DigestOf(string seed) => Digest.OfBytes(Encoding.UTF8.GetBytes(seed));

    public static PlatformImage Image(string platform, params long[] layers) => new(
        Platform.Parse(platform).Value,
        new Descriptor(MediaTypes.OciManifest, DigestOf("manifest " + platform), 500),
        new Descriptor(MediaTypes.OciConfig, DigestOf("config " + platform), 0),
        [.. layers.Select((size, index) => new Descriptor(MediaTypes.OciLayerGzip, DigestOf($"layer {platform} {index}"), size))],
        null);

    public static Candidate Candidate(string source = "docker.io/library/alpine:3.20", params IReadOnlyList<PlatformImage> platforms)
    {
        var digest = DigestOf("index");
        return new Candidate(
            ImageReference.Parse(source).Value.WithDigest(digest),
            digest,
            MediaTypes.OciIndex,
            1000,
            platforms.Count == 0 ? [Image("linux/amd64", 1000)] : platforms,
            [],
            Now);
    }

    public static EvidenceSet Of(string source, params IReadOnlyList<ScanEvidence> scans) =>
        new(Candidate(source), scans) { Requested = ImageReference.Parse(source).Value };

    public static EvidenceSet With(params IReadOnlyList<ScanEvidence> scans) => Of("docker.io/library/alpine:3.20", scans);

    public static EvidenceSet OfPlatforms(params IReadOnlyList<PlatformImage> platforms) => new(Candidate(platforms: platforms), []);

    public static ScanEvidence Reported(string scanner, params IReadOnlyList<Finding> findings) =>
        new(scanner, EvidenceState.Present, new ScanReport(scanner, null, "test", Now, null, findings), null, Now);

    public static Finding Finding(string id, Severity severity) => new(id, "openssl", "3.0", null, severity);
}
