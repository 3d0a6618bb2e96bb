using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Telemetry;
using Gatehouse.Core.Time;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Queues;

internal sealed class QueueDesk(IWorkQueue work, IWorkQueueReceiver receiver, IRefusedEventDesk refusedEvents, ILedgerInbox inbox, TimeProvider clock, IdSource ids, ILogger<QueueDesk> logger) : IQueueDesk
{
    /// <summary>So that one call ends in time.</summary>
    internal const int MaxRequeued = 10_000;

    private static readonly Gauge<long> Poison = GatehouseMeter.Meter.CreateGauge<long>(
        "gatehouse.queue.poison", "{message}", "Messages that failed too often and wait for an operator, when the queue was last counted.");

    public async Task<IReadOnlyList<QueueStatus>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(QueueNames.All.Select(name => CountAsync(name, cancellationToken)));

    public async Task<Result<IReadOnlyList<PeekedMessage>>> PeekPoisonAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            return QueueNames.All.Contains(queue)
                ? Result.Ok(await receiver.PeekAsync(QueueNames.Poison(queue), QueueLimits.MaxPeeked, cancellationToken))
                : QueueErrors.Unknown(queue);
        }
        catch (IOException failed)
        {
            return QueueErrors.Unavailable(queue, failed.Message);
        }
    }

    public async Task<Result<RequeueReport>> RequeueAsync(string queue, Actor by, CancellationToken cancellationToken) => queue switch
    {
        QueueNames.EventsOut => await RepublishAsync(by, cancellationToken),
        _ when QueueNames.All.Contains(queue) => await MoveAsync(queue, by, cancellationToken),
        _ => QueueErrors.Unknown(queue),
    };

    /// <summary>That queue has no readers: what is on it tells of events, which are in the ledger.</summary>
    private async Task<Result<RequeueReport>> RepublishAsync(Actor by, CancellationToken cancellationToken)
    {
        try
        {
            return await refusedEvents.RepublishAsync(moved => RecordAsync(QueueNames.EventsOut, by, moved), cancellationToken);
        }
        catch (Exception failed) when (failed is IOException or RecordStoreException)
        {
            return QueueErrors.Unavailable(QueueNames.EventsOut, failed.Message);
        }
    }

    private async Task<Result<RequeueReport>> MoveAsync(string queue, Actor by, CancellationToken cancellationToken)
    {
        var moved = 0;
        try
        {
            // No more than there are now: what fails again as fast as it is moved would go round and round.
            var most = Math.Min(MaxRequeued, await receiver.CountAsync(QueueNames.Poison(queue), cancellationToken));
            while (moved < most && await PoisonQueue.RequeueBatchAsync(work, receiver, queue, cancellationToken) is > 0 and var batch)
            {
                moved += batch;
            }
        }
        catch (IOException failed)
        {
            return moved > 0 ? new RequeueReport(moved) : QueueErrors.Unavailable(queue, failed.Message);
        }
        finally
        {
            if (moved > 0)
            {
                await RecordAsync(queue, by, moved);
            }
        }

        return new RequeueReport(moved);
    }

    private async Task<QueueStatus> CountAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var poison = await receiver.CountAsync(QueueNames.Poison(name), cancellationToken);
            Poison.Record(poison, new TagList { { "queue", name } });
            return new QueueStatus(name, await receiver.CountAsync(name, cancellationToken), poison);
        }
        catch (IOException failed)
        {
            return new QueueStatus(name, null, null, failed.Message);
        }
    }

    /// <summary>What was moved is moved, whether or not the caller still waits.</summary>
    private async Task RecordAsync(string queue, Actor by, int count)
    {
        logger.Requeued(count, queue, by.Id);
        var at = clock.GetUtcNow();
        var requeued = new LedgerEvent(
            LedgerEvent.MakeId(at, $"queue.{ids.Next()}", 0),
            at,
            LedgerEventTypes.QueueRequeued,
            by.Id,
            "queue:" + queue,
            Scope: null,
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["actorName"] = by.Name,
                ["count"] = count.ToString(CultureInfo.InvariantCulture),
                ["queue"] = queue,
            });
        await inbox.AppendAsync([requeued], CancellationToken.None);
    }
}
