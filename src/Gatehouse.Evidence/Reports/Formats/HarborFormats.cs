namespace Gatehouse.Evidence.Reports.Formats;

internal static class HarborFormats
{
    private static readonly HarborFormat[] All = [HarborFormat.Version11, HarborFormat.Version10];

    /// <summary>The value of <c>Accept</c>, newest first.</summary>
    public static string Accept { get; } = string.Join(", ", All.Select(format => format.FullMediaType));

    public static bool Reads(string? mediaType) => All.Any(format => format.MediaType == Reports.MediaType.Of(mediaType));
}
