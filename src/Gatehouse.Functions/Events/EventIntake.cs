using System.Diagnostics.Metrics;
using System.Text.Json;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Results;
using Gatehouse.Core.Telemetry;
using Gatehouse.Core.Watches;

namespace Gatehouse.Functions.Events;

/// <summary>Whom a batch is for.</summary>
internal enum EventTarget
{
    /// <summary>Pushes to our registries.</summary>
    Estate,

    /// <summary>Pushes upstream.</summary>
    Watches,

    /// <summary>Whoever is concerned; a push to a registry may be one of ours or an upstream, and each of the two knows its own.</summary>
    Both,
}

/// <summary>
/// Takes events one by one: those that cannot be read are kept on the poison queue, those that cannot be worked on now make the whole
/// batch come again. Event Grid delivers at least once and in no order; what is called is idempotent by the event's id.
/// </summary>
internal sealed class EventIntake(RegistryHosts hosts, IEstateMonitor estate, IWatchService watches, IWorkQueue queue, TimeProvider clock, ILogger<EventIntake> log)
{
    private static readonly Counter<long> Kept = GatehouseMeter.Meter.CreateCounter<long>("gatehouse.events.kept", "{event}", "Events that could not be read and went to the poison queue.");

    /// <param name="by">The function or hook that received it, for logs.</param>
    /// <param name="value">One event or an array of them.</param>
    /// <returns>Refused with 413 when an unreadable event cannot be kept, with 503 when one has to come again; the others are done all the same.</returns>
    public async Task<Result<EventTally>> TakeAsync(string by, EventTarget target, JsonElement value, CancellationToken cancellationToken)
    {
        var tally = new EventTally();
        Error? lost = null;
        foreach (var element in GridEvent.Split(value))
        {
            try
            {
                if (await TakeOneAsync(element, target, tally, cancellationToken) is { } unreadable)
                {
                    lost = await KeepAsync(element, unreadable, by, tally, cancellationToken) ?? lost;
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // One event's fault must not keep the others from being tried; the batch fails all the same.
                tally.Failed++;
                log.EventFailed(by, element.Text("id") ?? "?", fault);
            }
        }

        return tally.Failed > 0
            ? new Error(ErrorKind.Unavailable, "events-not-processed", $"{tally.Failed} of the events could not be processed now; send them again.")
            : lost is null ? tally : lost;
    }

    /// <summary>Why it cannot be read, or null.</summary>
    private async Task<Error?> TakeOneAsync(JsonElement element, EventTarget target, EventTally tally, CancellationToken cancellationToken)
    {
        if (!GridEvent.Read(element).TryGet(out var one, out var error))
        {
            return error;
        }

        var host = await hosts.OfAsync(one, cancellationToken);
        RegistryPush? push = null;
        if (target is not EventTarget.Watches && !RegistryPush.Read(one, host).TryGet(out push, out error))
        {
            return error;
        }

        // A push that is ours may have a name no reference can have; that is no reason to refuse it.
        UpstreamUpdate? update = null;
        if (target is not EventTarget.Estate && !UpstreamUpdate.Read(one, host).TryGet(out update, out error) && push is null)
        {
            return error;
        }

        await TellAsync(one, push, update, tally, cancellationToken);
        return null;
    }

    private async Task TellAsync(GridEvent one, RegistryPush? push, UpstreamUpdate? update, EventTally tally, CancellationToken cancellationToken)
    {
        if (push is not null)
        {
            await estate.OnPushedAsync(push.EventId, push.LoginServer, push.Repository, push.Tag, push.Digest, push.Region, cancellationToken);
            tally.Pushes++;
        }

        if (update is not null)
        {
            tally.Intakes += await watches.OnUpstreamPushedAsync(update.EventId, update.Image, cancellationToken);
            tally.Updates += push is null ? 1 : 0;
        }

        if (push is null && update is null)
        {
            log.EventIgnored(one.Id, one.Type);
            tally.Ignored++;
        }
    }

    private async Task<Error?> KeepAsync(JsonElement raw, Error why, string by, EventTally tally, CancellationToken cancellationToken)
    {
        if (!KeptEvent.Write(raw, why, by, clock.GetUtcNow()).TryGet(out var text, out var tooLarge))
        {
            log.EventNotKept(by, raw.Text("id") ?? "?", why.Code);
            return tooLarge;
        }

        await queue.EnqueueAsync(QueueNames.Poison(QueueNames.Events), text, TimeSpan.Zero, cancellationToken);
        log.EventKept(by, raw.Text("id") ?? "?", why.Code, why.Message);
        tally.Kept++;
        Kept.Add(1, new KeyValuePair<string, object?>("by", by));
        return null;
    }
}
