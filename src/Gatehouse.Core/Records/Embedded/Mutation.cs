using System.Globalization;

namespace Gatehouse.Core.Records.Embedded;

/// <param name="After">The row as it becomes; null when it is deleted.</param>
internal readonly record struct Mutation(string Row, StoredRow? After);

/// <summary>What one batch, or one stretch of a snapshot, changes in one partition.</summary>
internal sealed record MutationSet(string Table, string Partition, IReadOnlyList<Mutation> Mutations)
{
    /// <summary>Says that versions up to <paramref name="version"/> were given, even if their rows are gone: ETags are never given twice.</summary>
    public static MutationSet VersionMark(long version) => new("", version.ToString(CultureInfo.InvariantCulture), []);

    /// <summary>The version of a <see cref="VersionMark"/>; null for any other set.</summary>
    public long? MarkedVersion => Table.Length == 0 ? long.Parse(Partition, CultureInfo.InvariantCulture) : null;

    /// <summary>Bytes the row takes in a file, near enough to weigh live data against garbage.</summary>
    public static long WeightOf(string row, StoredRow stored) => row.Length + stored.Data.Length + 16;
}
