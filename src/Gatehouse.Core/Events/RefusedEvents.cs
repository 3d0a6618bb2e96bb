using System.Diagnostics.Metrics;
using System.Text.Json;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Events;

/// <summary>What is kept of an event the topic never will take. The event itself is in the ledger, under the index.</summary>
internal sealed record RefusedEvent(long LedgerIndex, string Id, string Type, string Code, string Reason, DateTimeOffset At);

/// <summary>Puts refused events where poison messages are looked for, so that one of them neither blocks the rest nor disappears.</summary>
internal sealed class RefusedEvents(IWorkQueue queue, TimeProvider clock, ILogger<RefusedEvents> logger)
{
    private const int MaxReason = 1024;

    private static readonly Counter<long> Refused = GatehouseMeter.Meter.CreateCounter<long>("gatehouse.events.refused", "{event}", "Governance events the topic never will take.");

    public async Task KeepAsync(long index, string id, string type, string code, string reason, CancellationToken cancellationToken)
    {
        var refused = new RefusedEvent(index, id, type, code, reason[..Math.Min(reason.Length, MaxReason)], clock.GetUtcNow());
        await queue.EnqueueAsync(
            QueueNames.Poison(QueueNames.EventsOut),
            JsonSerializer.Serialize(refused, EventJson.Default.RefusedEvent),
            TimeSpan.Zero,
            cancellationToken);
        Refused.Add(1);
        Log.EventRefused(logger, index, type, code, refused.Reason);
    }
}
