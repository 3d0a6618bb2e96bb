using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;

namespace Gatehouse.Evidence.Reports;

internal static class ReportUnion
{
    /// <summary>The reports on an image's platforms as one on the image: every finding once, and as old as the oldest.</summary>
    /// <param name="parts">At least one, all by the same scanner.</param>
    public static ScanReport Of(Digest artifact, IReadOnlyList<ScanReport> parts) => parts[0] with
    {
        Artifact = artifact,
        GeneratedAt = parts.Any(part => part.GeneratedAt is null) ? null : parts.Min(part => part.GeneratedAt),
        Findings = [.. parts.SelectMany(part => part.Findings).Distinct()],
    };
}
