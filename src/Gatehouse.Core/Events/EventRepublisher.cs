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
internal sealed class EventRepublisher(IEnumerable<IEventSink> sinks, EventBatches entries, IWorkQueueReceiver receiver, ILogger<EventRepublisher> logger) : IRefusedEventDesk
{
    /// <summary>A request each: so that one call ends in time.</summary>
    internal const int MaxAtOnce = 500;

    private const int Batch = 32;
    private const string Poison = QueueNames.EventsOut + "-poison";

    /// <summary>Longer than the tries of a batch take, so that two operators do not send the same ones.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    private readonly IEventSink? _sink = sinks.SingleOrDefault();

    public async Task<Result<RequeueReport>> RepublishAsync(CancellationToken cancellationToken)
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
            foreach (var message in run.Held)
            {
                await GiveBackAsync(message);
            }
        }

        return run switch
        {
            { Moved: > 0 } or { Stayed: 0 } => new RequeueReport(run.Moved, run.Stayed, run.Reason),
            { Away: true } => QueueErrors.TopicAway(run.Reason!),
            _ => QueueErrors.StillRefused(run.Stayed, run.Reason!),
        };
    }

    private async Task RunAsync(IEventSink sink, Run run, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var most = Math.Min(MaxAtOnce, await receiver.CountAsync(Poison, cancellationToken));
        while (seen.Count < most && await receiver.ReceiveAsync(Poison, Batch, Claim, cancellationToken) is { Count: > 0 } messages)
        {
            run.Held.AddRange(messages);
            var before = seen.Count;
            foreach (var message in messages.Where(message => seen.Add(message.Id)))
            {
                var refusal = await PublishAsync(sink, message, cancellationToken);
                if (refusal is null)
                {
                    run.Moved++;
                    run.Held.Remove(message);
                    await receiver.CompleteAsync(message, cancellationToken);
                    continue;
                }

                run.Stayed++;
                run.Reason = refusal.Message;
                if (refusal.Kind == ErrorKind.Unavailable)
                {
                    run.Away = true;
                    return;
                }
            }

            if (seen.Count == before)
            {
                // Claims ran out, and the same ones came round.
                return;
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
        var entry = await entries.ReadAsync(record.LedgerIndex, 1, cancellationToken);
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
        public int Moved { get; set; }

        public int Stayed { get; set; }

        /// <summary>Of the newest that stayed.</summary>
        public string? Reason { get; set; }

        public bool Away { get; set; }

        /// <summary>Claimed and not deleted.</summary>
        public List<QueueMessage> Held { get; } = [];
    }
}
