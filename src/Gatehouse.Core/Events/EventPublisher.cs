using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

/// <summary>
/// The sealed ledger is the outbox: a cursor moves over its entries, and only after the topic took what it passes.
/// A crash or a second publisher sends events again, never past them.
/// </summary>
internal sealed class EventPublisher(
    IEnumerable<IEventSink> sinks, ILedger ledger, EventCursorStore cursors, EventBatches batches, RefusedEvents refusals, EventLag lag, IOptions<EventOptions> options, ILogger<EventPublisher> logger)
    : IEventPublisher
{
    /// <summary>A backlog is worked off over many runs, so that none meets the function timeout.</summary>
    private const int MaxBatches = 200;

    private readonly IEventSink? _sink = sinks.SingleOrDefault();

    public async Task<PublishReport> PublishAsync(CancellationToken cancellationToken)
    {
        if (_sink is null)
        {
            return new PublishReport(false, 0, 0, 0);
        }

        var size = await SizeAsync(cancellationToken);
        var cursor = await cursors.OpenAsync(options.Value.StartAt == EventOptions.Beginning ? 0 : size, cancellationToken);
        var round = new EventRound(_sink, refusals, lag);
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

        lag.Is(Math.Max(0, size - cursor.Next));
        return new PublishReport(true, round.Published, round.Refused, Math.Max(0, size - cursor.Next));
    }

    private async Task<long> SizeAsync(CancellationToken cancellationToken) => (await ledger.GetCheckpointAsync(cancellationToken))?.Size ?? 0;
}
