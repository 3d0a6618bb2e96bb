using System.Globalization;
using Gatehouse.Core.Records.Files;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>
/// The files of a store. <c>snapshot-N</c> is everything up to the start of <c>journal-N</c>; a missing snapshot is empty.
/// The state is the newest snapshot and, in order, all journals from its number on.
/// </summary>
internal sealed class StoreDirectory : IDisposable
{
    private const string JournalPrefix = "journal-";
    private const string SnapshotPrefix = "snapshot-";
    private const string TemporarySuffix = ".tmp";

    private readonly FileStream _lock;

    private StoreDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <exception cref="RecordStoreException">Another process, or another store of this one, has the directory open.</exception>
    public static StoreDirectory Acquire(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        try
        {
            // FileShare.None is an exclusive advisory lock on Unix; the kernel lets go of it when the process dies.
            var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new StoreDirectory(path, held);
        }
        catch (IOException exception)
        {
            throw new RecordStoreException($"The record store in '{path}' is open already; one process at a time may use it.", exception);
        }
    }

    public string Journal(long generation) => NameOf(JournalPrefix, generation);

    public string Snapshot(long generation) => NameOf(SnapshotPrefix, generation);

    public string TemporarySnapshot(long generation) => Snapshot(generation) + TemporarySuffix;

    public long? NewestSnapshot() => Generations(SnapshotPrefix).Select(generation => (long?)generation).Max();

    public IReadOnlyList<long> JournalsFrom(long generation) => [.. Generations(JournalPrefix).Where(found => found >= generation).Order()];

    /// <summary>Deletes what a crash left half done, and what the snapshot of <paramref name="generation"/> made superfluous.</summary>
    public void DeleteBefore(long generation)
    {
        foreach (var temporary in Directory.EnumerateFiles(Path, SnapshotPrefix + "*" + TemporarySuffix))
        {
            File.Delete(temporary);
        }

        foreach (var old in Generations(JournalPrefix).Where(found => found < generation).Select(Journal)
            .Concat(Generations(SnapshotPrefix).Where(found => found < generation).Select(Snapshot)))
        {
            File.Delete(old);
        }

        Flush();
    }

    public void Flush() => DurableFiles.FlushDirectory(Path);

    public void Dispose() => _lock.Dispose();

    private string NameOf(string prefix, long generation) => System.IO.Path.Combine(Path, $"{prefix}{generation:D10}");

    private List<long> Generations(string prefix) =>
    [
        .. Directory.EnumerateFiles(Path, prefix + "*")
            .Select(file => System.IO.Path.GetFileName(file)[prefix.Length..])
            .Where(number => number.All(char.IsAsciiDigit))
            .Select(number => long.Parse(number, CultureInfo.InvariantCulture)),
    ];
}
