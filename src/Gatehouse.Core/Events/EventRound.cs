using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Core.Events;

/// <summary>Sends batches to a topic, in order, and counts.</summary>
internal sealed class EventRound(IEventSink sink, RefusedEvents refusals, EventLag lag)
{
    internal static readonly Counter<long> Sent = GatehouseMeter.Meter.CreateCounter<long>("gatehouse.events.published", "{event}", "Governance events the topic took.");

    /// <summary>A request for each event of a batch is too much to ask at every run.</summary>
    private static readonly TimeSpan RefusesAllWait = TimeSpan.FromMinutes(1);

    public int Published { get; private set; }

    public int Refused { get; private set; }

    /// <summary>What the topic asked for when it last took nothing.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>Where to go on: the batch's end, or the entry at which the topic could not be asked.</summary>
    public async Task<long> SendAsync(long from, EventBatch batch, CancellationToken cancellationToken)
    {
        var next = await SendEventsAsync(from, batch, cancellationToken);

        // Not before they are passed: a topic that is away would have them kept again at every run.
        foreach (var (index, why) in batch.Unreadable.Where(entry => entry.Index < next))
        {
            await KeepAsync(index, string.Empty, string.Empty, "entry-unreadable", why, cancellationToken);
        }

        return next;
    }

    private async Task<long> SendEventsAsync(long from, EventBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Events.Count == 0)
        {
            return batch.End;
        }

        switch (await AskAsync(batch.Events, cancellationToken))
        {
            case SinkAnswer.Taken:
                Count(batch.Events.Count);
                return batch.End;
            case SinkAnswer.Refused refused when batch.Events is [var only]:
                await KeepAsync(only, refused, cancellationToken);
                return batch.End;
            case SinkAnswer.Refused:
                return await SendSinglyAsync(from, batch, cancellationToken);
            default:
                return from;
        }
    }

    /// <summary>One event spoils the whole request; asked about singly, the topic says which. One that takes none of them has a fault of its own.</summary>
    private async Task<long> SendSinglyAsync(long from, EventBatch batch, CancellationToken cancellationToken)
    {
        var refused = new List<(GovernanceEvent Event, SinkAnswer.Refused Why)>();
        long? stopped = null;
        var before = Published;
        foreach (var one in batch.Events)
        {
            var answer = await AskAsync([one], cancellationToken);
            if (answer is SinkAnswer.Refused why)
            {
                refused.Add((one, why));
            }
            else if (answer is SinkAnswer.Taken)
            {
                Count(1);
            }
            else
            {
                stopped = one.LedgerIndex;
                break;
            }
        }

        if (Published == before)
        {
            // An early end leaves open whose fault it is: nothing is passed over on the word of half a batch.
            if (stopped is not null)
            {
                return from;
            }

            if (refused.Count(one => !one.Why.TooLarge) > 1)
            {
                lag.RefusesAll(refused.Count, refused[^1].Why);
                RetryAfter = RefusesAllWait;
                return from;
            }
        }

        // Only what is passed: another event of the entry it stopped at is sent, and judged, again.
        var next = stopped ?? batch.End;
        foreach (var (one, why) in refused.Where(one => one.Event.LedgerIndex < next))
        {
            await KeepAsync(one, why, cancellationToken);
        }

        return next;
    }

    private void Count(int taken)
    {
        Published += taken;
        Sent.Add(taken);
    }

    private async Task<SinkAnswer> AskAsync(IReadOnlyList<GovernanceEvent> events, CancellationToken cancellationToken)
    {
        var answer = await sink.SendAsync(events, cancellationToken);
        var away = answer as SinkAnswer.Unavailable;
        if (answer is not SinkAnswer.Refused)
        {
            // A refusal may be the topic's whole vocabulary: it says nothing about the topic being well.
            lag.Heard(away);
        }

        RetryAfter = away?.RetryAfter;
        return answer;
    }

    private Task KeepAsync(GovernanceEvent one, SinkAnswer.Refused refused, CancellationToken cancellationToken) =>
        KeepAsync(one.LedgerIndex, one.Id, one.Type, refused.Code, refused.Message, cancellationToken);

    private async Task KeepAsync(long index, string id, string type, string code, string why, CancellationToken cancellationToken)
    {
        await refusals.KeepAsync(index, id, type, code, why, cancellationToken);
        Refused++;
    }
}
