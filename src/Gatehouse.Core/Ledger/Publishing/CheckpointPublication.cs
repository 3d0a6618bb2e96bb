using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Records;
using Gatehouse.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Ledger.Publishing;

/// <summary>
/// Publishes every committed checkpoint, in order, from the rows that were committed with the head: what an outage or a crash left out is
/// caught up at the next call. Where another checkpoint of the same size stands, it stops there and says so until somebody has looked.
/// </summary>
/// <param name="publisher">Null when nothing is published.</param>
/// <param name="maxPerRun">A long backlog is spread over several seals.</param>
internal sealed class CheckpointPublication(
    IRecordStore store,
    ICheckpointPublisher? publisher,
    TimeProvider clock,
    ILogger<CheckpointPublication> logger,
    int maxPerRun = CheckpointPublication.DefaultMaxPerRun) : IReadinessCheck
{
    public const int DefaultMaxPerRun = 256;

    /// <summary>Of a whole run: the next seal waits for it, and who publishes may have long timeouts of its own.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan AnswerLife = TimeSpan.FromSeconds(30);

    private static readonly Counter<long> Published = GatehouseMeter.Meter.CreateCounter<long>("gatehouse.ledger.published", "{checkpoint}", "Checkpoints published where they cannot be changed.");

    private (string? Problem, DateTimeOffset Until) _answer = (null, DateTimeOffset.MinValue);

    /// <summary>Never fails for the publisher's sake.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (publisher is null)
        {
            return;
        }

        var (before, etag) = await PublicationProgress.ReadAsync(store, cancellationToken);
        var progress = before;
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await foreach (var checkpoint in AfterAsync(before.Size, cancellationToken))
        {
            var next = Judge(progress, checkpoint, await AskAsync(publisher, checkpoint, either.Token, cancellationToken));
            if (next.Size == progress.Size)
            {
                progress = next;
                break;
            }

            progress = next;
        }

        _answer = (ProblemOf(progress), clock.GetUtcNow() + AnswerLife);
        if (progress != before)
        {
            await progress.WriteAsync(store, etag, cancellationToken);
        }
    }

    /// <summary>A fork is a problem: who relies on the ledger must know. That a publisher is away is not; checkpoints have rows to wait in.</summary>
    public async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (publisher is null || clock.GetUtcNow() < _answer.Until)
        {
            return _answer.Problem;
        }

        try
        {
            var (progress, _) = await PublicationProgress.ReadAsync(store, cancellationToken);
            _answer = (ProblemOf(progress), clock.GetUtcNow() + AnswerLife);
        }
        catch (InvalidDataException damaged)
        {
            _answer = (damaged.Message, clock.GetUtcNow() + AnswerLife);
        }
        catch (RecordStoreException)
        {
            // What was known last stands; the store's being away is its own check's matter.
        }

        return _answer.Problem;
    }

    private static string? ProblemOf(PublicationProgress progress) => progress.ForkedAt is { } place
        ? $"The ledger has been forked: another checkpoint is published at {place} than the one signed after {progress.Size} entries. Nothing more is published until somebody has found out who wrote it."
        : null;

    private static async Task<PublicationOutcome> AskAsync(ICheckpointPublisher to, PublishedCheckpoint checkpoint, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            return await to.PublishAsync(checkpoint, limited);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PublicationOutcome.Failed($"the run's {Limit} are over.");
        }
    }

    private PublicationProgress Judge(PublicationProgress progress, PublishedCheckpoint checkpoint, PublicationOutcome outcome)
    {
        switch (outcome)
        {
            case PublicationOutcome.Published:
                Published.Add(1);
                return new PublicationProgress(checkpoint.Size);
            case PublicationOutcome.Forked forked:
                Log.Forked(logger, checkpoint.Size, forked.Place);
                return progress with { ForkedAt = forked.Place };
            case PublicationOutcome.Failed failed:
                Log.NotPublished(logger, checkpoint.Size, failed.Reason);
                return progress;
            case var other:
                throw new InvalidOperationException($"There is no publication outcome '{other}'.");
        }
    }

    private async IAsyncEnumerable<PublishedCheckpoint> AfterAsync(long size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = RecordQuery.Prefix(LedgerKeys.Table, LedgerKeys.HeadPartition, LedgerKeys.CheckpointPrefix, maxPerRun).After(LedgerKeys.CheckpointRow(size));
        await foreach (var record in store.QueryAsync(rows, cancellationToken))
        {
            var signed = JsonSerializer.Deserialize(record.Data.Span, LedgerHeadJsonContext.Default.SignedCheckpoint)!;
            var body = CheckpointBody.TryParse(signed.Body, out var parsed) ? parsed : throw new InvalidDataException($"The ledger's checkpoint {record.Key} is damaged.");
            var note = new SignedNote(body, SignedNote.KeyIdOf(signed.PublicKey), signed.Signature);
            yield return new PublishedCheckpoint(body.Origin, body.Size, note.ToString(), signed.PublicKey);
        }
    }
}
