namespace Gatehouse.Core.Records.Embedded;

public sealed class EmbeddedStoreOptions
{
    /// <summary>The default of <see cref="MinimumGarbageBytes"/>: 16 MiB.</summary>
    public const long DefaultMinimumGarbageBytes = 16 * 1024 * 1024;

    /// <summary>Where the files live; created when missing, and held by one process at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>Compaction starts when garbage exceeds both the live data and this many bytes. At least 1.</summary>
    public long MinimumGarbageBytes { get; init; } = DefaultMinimumGarbageBytes;
}
