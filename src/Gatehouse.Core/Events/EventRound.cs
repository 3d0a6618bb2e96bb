using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;

namespace Gatehouse.Core.Events;

/// <summary>Sends batches to a topic, in order, and counts.</summary>
internal sealed class EventRound(IEventSink sink, RefusedEvents refusals, EventLag lag)
{
    private static readonly Counter<long> Sent = GatehouseMeter.Meter.CreateCounter<long>("gatehouse.events.published", "{event}", "Governance events the topic took.");

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
                return await SendSinglyAsync(batch, cancellationToken);
            default:
                return from;
        }
    }

    /// <summary>One event spoils the whole request; asked about singly, the topic says which.</summary>
    private async Task<long> SendSinglyAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        foreach (var one in batch.Events)
        {
            switch (await AskAsync([one], cancellationToken))
            {
                case SinkAnswer.Taken:
                    Count(1);
                    break;
                case SinkAnswer.Refused refused:
                    await KeepAsync(one, refused, cancellationToken);
                    break;
                default:
                    return one.LedgerIndex;
            }
        }

        return batch.End;
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
        lag.Heard(away);
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
