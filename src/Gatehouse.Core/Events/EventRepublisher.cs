using System.Text.Json;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Events;

/// <summary>
/// Publishes refused events again, with the ids and bytes they had: each is read from the sealed ledger, and its record is deleted only
/// after the topic took it. A crash between repeats an event and loses none.
/// </summary>
internal sealed class EventRepublisher(IEnumerable<IEventSink> sinks, EventBatches entries, IWorkQueueReceiver receiver, TimeProvider clock, ILogger<EventRepublisher> logger) : IRefusedEventDesk
{
    /// <summary>A request each: so that one call ends in time.</summary>
    internal const int MaxAtOnce = 500;

    /// <summary>Few, so that a topic that is slow seldom keeps the last ones waiting beyond their claim.</summary>
    internal const int Batch = 8;

    private const string Poison = QueueNames.EventsOut + "-poison";

    /// <summary>Keeps two operators from sending the same ones. All tries of one event may take longer; deleting its record then says that another has it.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    /// <summary>After the claim was asked for: what is not begun by then is given back, and claimed anew.</summary>
    private static readonly TimeSpan LatestStart = TimeSpan.FromMinutes(3);

    private readonly IEventSink? _sink = sinks.SingleOrDefault();

    public async Task<Result<RequeueReport>> RepublishAsync(Func<int, Task> moved, CancellationToken cancellationToken)
    {
        if (_sink is null)
        {
            return QueueErrors.NoTopic();
        }

        var run = new Run();
        try
        {
            await RunAsync(_sink, run, cancellationToken);
        }
        catch (Exception failed) when (run.Moved > 0 && failed is (IOException or RecordStoreException or OperationCanceledException))
        {
            // What was taken is told; the next call meets the trouble again, and throws.
            run.Reason = failed.Message;
        }
        finally
        {
            await EndAsync(run, moved);
        }

        return run switch
        {
            { Moved: > 0 } or { Taken: > 0 } or { Stayed: 0 } => new RequeueReport(run.Moved, run.Stayed, run.Reason),
            { Away: true } => QueueErrors.TopicAway(run.Reason!),
            _ => QueueErrors.StillRefused(run.Stayed, run.Reason!),
        };
    }

    private async Task RunAsync(IEventSink sink, Run run, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var most = Math.Min(MaxAtOnce, await receiver.CountAsync(Poison, cancellationToken));
        var before = -1;

        // None new: there are no more, or claims ran out and the same ones came round.
        while (seen.Count < most && seen.Count > before && !run.Away)
        {
            before = seen.Count;
            var latest = clock.GetUtcNow() + LatestStart;
            var messages = await receiver.ReceiveAsync(Poison, Batch, Claim, cancellationToken);
            run.Held.AddRange(messages);
            foreach (var message in messages.TakeWhile(_ => !run.Away && clock.GetUtcNow() < latest).Where(message => seen.Add(message.Id)))
            {
                await TryAsync(sink, run, message, cancellationToken);
            }

            foreach (var message in messages.Where(message => !run.Away && !seen.Contains(message.Id)))
            {
                run.Held.Remove(message);
                await GiveBackAsync(message);
            }
        }
    }

    private async Task TryAsync(IEventSink sink, Run run, QueueMessage message, CancellationToken cancellationToken)
    {
        if (await PublishAsync(sink, message, cancellationToken) is { } refusal)
        {
            run.Stay(refusal.Message);
            run.Away = refusal.Kind == ErrorKind.Unavailable;
            return;
        }

        run.Taken++;
        var deleted = await receiver.CompleteAsync(message, cancellationToken);
        run.Held.Remove(message);
        if (deleted)
        {
            run.Moved++;
            return;
        }

        Log.ClaimRanOut(logger, message.Id);
        run.Stay($"the topic took the event of message {message.Id}, but not before the claim on the message ran out; it may be published once more.");
    }

    /// <summary>What is gone from the queue is told even when the queue fails once more.</summary>
    private async Task EndAsync(Run run, Func<int, Task> moved)
    {
        try
        {
            foreach (var message in run.Held)
            {
                await GiveBackAsync(message);
            }
        }
        finally
        {
            if (run.Moved > 0)
            {
                await moved(run.Moved);
            }
        }
    }

    /// <summary>Null when the topic has it.</summary>
    private async Task<Error?> PublishAsync(IEventSink sink, QueueMessage message, CancellationToken cancellationToken)
    {
        if (Read(message.Text) is not { LedgerIndex: >= 0 } record)
        {
            return QueueErrors.NoRecord(message.Id);
        }

        if (!(await FindAsync(record, cancellationToken)).TryGet(out var events, out var error))
        {
            return error;
        }

        foreach (var one in events)
        {
            switch (await sink.SendAsync([one], cancellationToken))
            {
                case SinkAnswer.Refused refused:
                    Log.StillRefused(logger, record.LedgerIndex, one.Type, refused.Code, refused.Message);
                    return QueueErrors.EventRefused(record.LedgerIndex, refused.Code, refused.Message);
                case SinkAnswer.Unavailable away:
                    return QueueErrors.TopicAway($"{away.Code}: {away.Message}");
                default:
                    EventRound.Sent.Add(1);
                    Log.EventRepublished(logger, one.LedgerIndex, one.Type, one.Id);
                    break;
            }
        }

        return null;
    }

    /// <summary>The record's event; of an entry that was unreadable and is no longer, all.</summary>
    private async Task<Result<IReadOnlyList<GovernanceEvent>>> FindAsync(RefusedEvent record, CancellationToken cancellationToken)
    {
        EventBatch entry;
        try
        {
            entry = await entries.ReadAsync(record.LedgerIndex, 1, cancellationToken);
        }
        catch (InvalidDataException damaged)
        {
            // One entry that is missing or damaged must not keep the other records from their turn.
            Log.EntryDamaged(logger, record.LedgerIndex, damaged.Message);
            return QueueErrors.EventRefused(record.LedgerIndex, "entry-unreadable", damaged.Message);
        }

        if (entry.Unreadable is [var (_, why), ..])
        {
            return QueueErrors.EventRefused(record.LedgerIndex, "entry-unreadable", why);
        }

        IReadOnlyList<GovernanceEvent> events = [.. entry.Events.Where(one => record.Id.Length == 0 || one.Id == record.Id)];
        return events.Count > 0 || (record.Id.Length == 0 && entry.End > record.LedgerIndex)
            ? Result.Ok(events)
            : QueueErrors.EventUnknown(record.LedgerIndex, record.Id);
    }

    private static RefusedEvent? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, EventJson.Default.RefusedEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Visible at once, whether or not the caller still waits; else its claim runs out by itself.</summary>
    private async Task GiveBackAsync(QueueMessage message)
    {
        try
        {
            await receiver.AbandonAsync(message, TimeSpan.Zero, CancellationToken.None);
        }
        catch (IOException failed)
        {
            Log.RecordStaysHidden(logger, message.Id, failed.Message);
        }
    }

    private sealed class Run
    {
        /// <summary>Taken, and the record deleted.</summary>
        public int Moved { get; set; }

        /// <summary>Those whose record could not be deleted included.</summary>
        public int Taken { get; set; }

        public int Stayed { get; private set; }

        /// <summary>Of the newest that stayed.</summary>
        public string? Reason { get; set; }

        public bool Away { get; set; }

        /// <summary>Claimed and not deleted.</summary>
        public List<QueueMessage> Held { get; } = [];

        public void Stay(string reason)
        {
            Stayed++;
            Reason = reason;
        }
    }
}
