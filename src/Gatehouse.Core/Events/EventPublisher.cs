using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

/// <summary>
/// The sealed ledger is the outbox: a cursor moves over its entries, and only after the topic took what it passes.
/// A crash or a second publisher sends events again, never past them.
/// </summary>
internal sealed class EventPublisher(
    IEnumerable<IEventSink> sinks, ILedger ledger, EventCursorStore cursors, EventBatches batches, RefusedEvents refusals, EventLag lag, TimeProvider clock, IOptions<EventOptions> options, ILogger<EventPublisher> logger)
    : IEventPublisher
{
    /// <summary>A backlog is worked off over many runs, so that none meets the function timeout.</summary>
    private const int MaxBatches = 200;

    /// <summary>What a topic may ask for; more is asked for anew.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly IEventSink? _sink = sinks.SingleOrDefault();
    private long _notBefore;

    public async Task<PublishReport> PublishAsync(CancellationToken cancellationToken)
    {
        if (_sink is null)
        {
            return new PublishReport(false, 0, 0, 0);
        }

        var size = await SizeAsync(cancellationToken);
        var cursor = await cursors.OpenAsync(options.Value.StartAt == EventOptions.Beginning ? 0 : size, cancellationToken);
        if (cursor.Next > size)
        {
            Log.CursorAhead(logger, cursor.Next, size);
        }

        var round = new EventRound(_sink, refusals, lag);
        if (clock.GetUtcNow().UtcTicks >= Interlocked.Read(ref _notBefore))
        {
            (cursor, size) = await CatchUpAsync(round, cursor, size, cancellationToken);
            Interlocked.Exchange(ref _notBefore, round.RetryAfter is { } wait ? (clock.GetUtcNow() + (wait < LongestWait ? wait : LongestWait)).UtcTicks : 0);
        }

        var behind = Math.Max(0, size - cursor.Next);
        lag.Is(behind);
        return new PublishReport(true, round.Published, round.Refused, behind);
    }

    /// <summary>Sends batch after batch until all is told, or the topic or another publisher ends it.</summary>
    private async Task<(EventCursor Cursor, long Size)> CatchUpAsync(EventRound round, EventCursor cursor, long size, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxBatches && cursor.Next < size; i++)
        {
            var batch = await batches.ReadAsync(cursor.Next, cancellationToken);
            var next = await round.SendAsync(cursor.Next, batch, cancellationToken);
            if (next > cursor.Next)
            {
                if (await cursors.AdvanceAsync(cursor, next, cancellationToken) is not { } moved)
                {
                    Log.AnotherPublisher(logger, cursor.Next);
                    break;
                }

                cursor = moved;
            }

            if (next < batch.End)
            {
                break;
            }

            size = await SizeAsync(cancellationToken);
        }

        return (cursor, size);
    }

    private async Task<long> SizeAsync(CancellationToken cancellationToken) => (await ledger.GetCheckpointAsync(cancellationToken))?.Size ?? 0;
}
