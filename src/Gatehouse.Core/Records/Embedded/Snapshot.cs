namespace Gatehouse.Core.Records.Embedded;

/// <summary>Writes the captured state as the snapshot of a new generation; renaming it into place is the moment it counts.</summary>
internal static class Snapshot
{
    private const int FlushBytes = 4 * 1024 * 1024;
    private const int SetBytes = 256 * 1024;

    /// <summary>Returns the snapshot's length in bytes.</summary>
    public static long Write(StoreDirectory directory, long generation, IEnumerable<MutationSet> state)
    {
        var temporary = directory.TemporarySnapshot(generation);
        long length;
        using (var file = RecordFileWriter.Create(temporary, generation))
        {
            foreach (var set in state)
            {
                file.Gather(set);
                if (file.Gathered >= FlushBytes)
                {
                    file.WriteGathered();
                    file.Flush();
                }
            }

            file.WriteGathered();
            file.Flush();
            length = file.Length;
        }

        File.Move(temporary, directory.Snapshot(generation), overwrite: true);
        directory.Flush();
        return length;
    }

    /// <summary>Cuts the captured state into sets that each fit one frame.</summary>
    public static IEnumerable<MutationSet> Sets(List<(string Table, string Partition, List<KeyValuePair<string, StoredRow>> Rows)> state, long lastVersion)
    {
        foreach (var (table, partition, rows) in state)
        {
            var (set, bytes) = (new List<Mutation>(), 0L);
            foreach (var (row, stored) in rows)
            {
                set.Add(new(row, stored));
                bytes += MutationSet.WeightOf(row, stored);
                if (bytes >= SetBytes)
                {
                    yield return new(table, partition, set);
                    (set, bytes) = ([], 0);
                }
            }

            if (set.Count > 0)
            {
                yield return new(table, partition, set);
            }
        }

        yield return MutationSet.VersionMark(lastVersion);
    }
}
