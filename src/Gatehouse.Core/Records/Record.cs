namespace Gatehouse.Core.Records;

/// <summary>Where a record lives. Keys are built with <see cref="RecordKeys"/>.</summary>
/// <param name="Table">3 to 63 lower-case letters and digits, starting with a letter.</param>
/// <param name="Partition">See <see cref="RecordLimits.MaxKeyLength"/>.</param>
/// <param name="Row">See <see cref="RecordLimits.MaxKeyLength"/>; rows sort by ordinal comparison.</param>
public readonly record struct RecordKey(string Table, string Partition, string Row)
{
    public override string ToString() => $"{Table}({Partition},{Row})";
}

/// <param name="ETag">Changes with every write; opaque.</param>
/// <param name="Data">The content, UTF-8 JSON by convention.</param>
public sealed record Record(RecordKey Key, string ETag, ReadOnlyMemory<byte> Data);

/// <summary>Rows of one partition, from <paramref name="From"/> (inclusive) to <paramref name="Before"/> (exclusive), both optional.</summary>
/// <param name="Take">At most this many; null for all.</param>
public sealed record RecordQuery(string Table, string Partition, string? From = null, string? Before = null, int? Take = null)
{
    /// <summary>All rows whose key starts with <paramref name="prefix"/>.</summary>
    public static RecordQuery Prefix(string table, string partition, string prefix, int? take = null) =>
        prefix.Length == 0
            ? new RecordQuery(table, partition, Take: take)
            : new RecordQuery(table, partition, prefix, prefix[..^1] + (char)(prefix[^1] + 1), take);

    /// <summary>The same rows, starting just after <paramref name="row"/>: no valid key holds a character below space, so none lies between.</summary>
    public RecordQuery After(string row) => this with { From = row + "\u0001" };
}

/// <summary>Limits of Table storage, enforced by every back end so that none is found out in production. Source: Azure Table storage scalability targets.</summary>
public static class RecordLimits
{
    /// <summary>Characters of a partition or row key.</summary>
    public const int MaxKeyLength = 512;

    /// <summary>Bytes of a record's data.</summary>
    public const int MaxDataBytes = 768 * 1024;

    /// <summary>Operations in one batch.</summary>
    public const int MaxBatchOperations = 100;

    /// <summary>Bytes of all data in one batch: 2.5 MiB, which is less than the 4 MiB that Table storage takes once it is base64 with its envelope.</summary>
    public const int MaxBatchBytes = 5 * 512 * 1024;
}
