using Gatehouse.Evidence.Reports;
using Gatehouse.Evidence.Reports.Formats;

namespace Gatehouse.Evidence.Scanners;

/// <summary>What an adapter says of its vulnerability scans.</summary>
/// <param name="IsTyped">It names its capabilities, as version 1.2 of the API does, and wants the one meant named.</param>
internal sealed record Abilities(IReadOnlyList<string> ConsumedTypes, IReadOnlyList<string> ProducedTypes, bool IsTyped)
{
    public const string Vulnerability = "vulnerability";

    /// <summary>Null when nothing it produces can be read here.</summary>
    public static Abilities? Of(ScannerMetadata? metadata)
    {
        var useful = (metadata?.Capabilities ?? [])
            .Where(capability => capability is { Type: null or Vulnerability })
            .FirstOrDefault(capability => (capability.ProducesMimeTypes ?? []).Any(HarborFormats.Reads));
        return useful is null
            ? null
            : new Abilities(useful.ConsumesMimeTypes ?? [], [.. useful.ProducesMimeTypes!.Where(HarborFormats.Reads)], useful.Type is not null);
    }

    public bool Consumes(string mediaType) => ConsumedTypes.Any(consumed => MediaType.Of(consumed) == MediaType.Of(mediaType));
}
