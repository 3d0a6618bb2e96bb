using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>The one writer: takes all batches that wait, decides them in order, and makes them durable with one flush.</summary>
internal sealed class CommitLoop
{
    private const int MaxGroupBytes = 8 * 1024 * 1024;

    private readonly Channel<Pending> _waiting = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RecordIndex _index;
    private readonly StoreFiles _files;
    private readonly string _directory;
    private readonly ILogger _logger;
    private readonly BatchEvaluator _evaluator;
    private readonly List<(Pending Pending, MutationSet? Set, CommitResult Result)> _group = [];
    private readonly Task _running;
    private Exception? _stopped;

    public CommitLoop(RecordIndex index, StoreFiles files, string directory, ILogger logger)
    {
        (_index, _files, _directory, _logger) = (index, files, directory, logger);
        _evaluator = new BatchEvaluator(index);
        _running = Task.Run(RunAsync);
    }

    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var pending = new Pending(batch, cancellationToken);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(pending), typeof(EmbeddedRecordStore));
        return pending.Completion.Task;
    }

    /// <summary>Finishes what waits, then stops.</summary>
    public async Task StopAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
        await _files.SettleAsync();
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            DecideGroup();
            MakeDurable();
            if (_stopped is null)
            {
                await CompactAsync();
            }
        }
    }

    private void DecideGroup()
    {
        _group.Clear();
        while (_files.Journal.Gathered < MaxGroupBytes && _waiting.Reader.TryRead(out var pending))
        {
            if (pending.CancellationToken.IsCancellationRequested)
            {
                pending.Completion.TrySetCanceled(pending.CancellationToken);
                continue;
            }

            var set = _evaluator.Decide(pending.Batch, out var result);
            if (set is not null)
            {
                _files.Journal.Gather(set);
            }

            _group.Add((pending, set, result));
        }
    }

    private void MakeDurable()
    {
        var fault = _stopped ?? (_files.Journal.Gathered > 0 ? TryWrite() : null);
        _files.Journal.Forget();
        foreach (var (_, set, _) in fault is null ? _group : [])
        {
            if (set is not null)
            {
                _index.Apply(set);
            }
        }

        _evaluator.Reset();
        foreach (var (pending, _, result) in _group)
        {
            if (fault is null)
            {
                pending.Completion.TrySetResult(result);
            }
            else
            {
                pending.Completion.TrySetException(new RecordStoreException($"The record store in '{_directory}' could not write: {fault.Message}", fault));
            }
        }
    }

    private IOException? TryWrite()
    {
        try
        {
            _files.Journal.WriteGathered();
        }
        catch (IOException exception)
        {
            Log.WriteFailed(_logger, _directory, exception);
            return TryCutBack() ?? exception;
        }

        try
        {
            _files.Journal.Flush();
            return null;
        }
        catch (IOException exception)
        {
            // After a failed flush the kernel may have dropped the pages: a second flush could report success wrongly.
            return Stop(exception);
        }
    }

    private IOException? TryCutBack()
    {
        try
        {
            _files.Journal.CutBack();
            return null;
        }
        catch (IOException exception)
        {
            return Stop(exception);
        }
    }

    private IOException Stop(IOException exception)
    {
        Log.StoreStopped(_logger, _directory, exception);
        _stopped = exception;
        return exception;
    }

    private async Task CompactAsync()
    {
        if (_files.HasFinishedCompaction)
        {
            await _files.SettleAsync();
        }

        try
        {
            _files.CompactIfWorthwhile(_index);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.CompactionFailed(_logger, _directory, exception);
        }
    }

    private sealed class Pending(RecordBatch batch, CancellationToken cancellationToken)
    {
        public RecordBatch Batch { get; } = batch;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        public TaskCompletionSource<CommitResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
