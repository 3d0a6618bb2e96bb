using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>The journal being written, and the generations behind it. Used by the one writer only.</summary>
internal sealed class StoreFiles : IDisposable
{
    private readonly StoreDirectory _directory;
    private readonly EmbeddedStoreOptions _options;
    private readonly ILogger _logger;
    private RecordFileWriter _journal;
    private long _generation;
    private long _bytesBehind;
    private Task<long?> _compaction = Task.FromResult<long?>(null);

    private StoreFiles(StoreDirectory directory, EmbeddedStoreOptions options, ILogger logger, RecordFileWriter journal, long generation, long bytesBehind) =>
        (_directory, _options, _logger, _journal, _generation, _bytesBehind) = (directory, options, logger, journal, generation, bytesBehind);

    public RecordFileWriter Journal => _journal;

    /// <summary>Reads the newest snapshot and the journals after it into <paramref name="index"/>, and takes the last journal up.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or missing.</exception>
    public static StoreFiles Load(StoreDirectory directory, EmbeddedStoreOptions options, RecordIndex index, ILogger logger)
    {
        var first = directory.NewestSnapshot() ?? 1;
        var behind = 0L;
        if (File.Exists(directory.Snapshot(first)))
        {
            behind = RecordFileReader.Read(directory.Snapshot(first), first, mayBeTorn: false, index.Apply);
        }

        directory.DeleteBefore(first);
        var journals = directory.JournalsFrom(first);
        if (journals.Count == 0 && behind == 0)
        {
            var created = RecordFileWriter.Create(directory.Journal(first), first);
            directory.Flush();
            return new(directory, options, logger, created, first, behind);
        }

        if (!journals.SequenceEqual(Enumerable.Range(0, journals.Count).Select(i => first + i)) || journals.Count == 0)
        {
            throw new InvalidDataException($"The record store in '{directory.Path}' lacks a journal; from '{directory.Journal(first)}' on there should be one of each number. Restore the directory from a copy.");
        }

        foreach (var earlier in journals.SkipLast(1))
        {
            behind += RecordFileReader.Read(directory.Journal(earlier), earlier, mayBeTorn: false, index.Apply);
        }

        return new(directory, options, logger, TakeUp(directory, journals[^1], index, logger), journals[^1], behind);
    }

    /// <summary>Starts a compaction when it is worth it and none is running: writing goes on in a new journal while the state so far is written out.</summary>
    /// <exception cref="IOException">The new journal cannot be created; the present one stays in use.</exception>
    public void CompactIfWorthwhile(RecordIndex index)
    {
        if (!_compaction.IsCompleted)
        {
            return;
        }

        var bytes = _bytesBehind + _journal.Length;
        var garbage = bytes - index.LiveBytes;
        if (garbage < _options.MinimumGarbageBytes || garbage <= index.LiveBytes)
        {
            return;
        }

        var next = CreateJournal(_generation + 1);
        _journal.Dispose();
        (_journal, _generation, _bytesBehind) = (next, _generation + 1, bytes);
        var (state, version, generation) = (index.Capture(), index.LastVersion, _generation);
        _compaction = Task.Run(() => Compact(generation, Snapshot.Sets(state, version), bytes));
    }

    /// <summary>Waits for a running compaction and accounts for it.</summary>
    public async Task SettleAsync()
    {
        _bytesBehind = await _compaction ?? _bytesBehind;
        _compaction = Task.FromResult<long?>(null);
    }

    public bool HasFinishedCompaction => _compaction.IsCompleted;

    public void Dispose() => _journal.Dispose();

    private RecordFileWriter CreateJournal(long generation)
    {
        RecordFileWriter? journal = null;
        try
        {
            journal = RecordFileWriter.Create(_directory.Journal(generation), generation);
            _directory.Flush();
            return journal;
        }
        catch (IOException)
        {
            // A journal that follows says that the present one is complete, which it will not be.
            journal?.Dispose();
            File.Delete(_directory.Journal(generation));
            throw;
        }
    }

    private long? Compact(long generation, IEnumerable<MutationSet> state, long bytesBefore)
    {
        try
        {
            var length = Snapshot.Write(_directory, generation, state);
            _directory.DeleteBefore(generation);
            Log.Compacted(_logger, _directory.Path, bytesBefore, length);
            return length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.CompactionFailed(_logger, _directory.Path, exception);
            return null;
        }
    }

    private static RecordFileWriter TakeUp(StoreDirectory directory, long generation, RecordIndex index, ILogger logger)
    {
        var path = directory.Journal(generation);
        var end = RecordFileReader.Read(path, generation, mayBeTorn: true, index.Apply);
        var torn = new FileInfo(path).Length - end;
        if (torn > 0)
        {
            Log.TornTailCut(logger, torn, path);
        }

        // Without a whole header nothing can have been committed to this journal.
        return end == 0 ? RecordFileWriter.Create(path, generation) : RecordFileWriter.Continue(path, generation, end);
    }
}
