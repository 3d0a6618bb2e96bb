using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Triggers;

/// <summary><c>POST /&lt;FunctionName&gt;</c> for every function the host invokes by envelope.</summary>
internal static class TriggerEndpoints
{
    public static void MapTriggers(this IEndpointRouteBuilder routes)
    {
        routes.MapTrigger(TriggerNames.AdvanceIntake, QueueTriggers.AdvanceIntakeAsync);
        routes.MapTrigger(TriggerNames.OnQueuedEvent, QueueTriggers.OnQueuedEventAsync);
        routes.MapTrigger(TriggerNames.OnRegistryEvent, EventGridTriggers.OnRegistryEventAsync);
        routes.MapTrigger(TriggerNames.OnUpstreamUpdated, EventGridTriggers.OnUpstreamUpdatedAsync);
        routes.MapTrigger(TriggerNames.WatchUpstream, TimerTriggers.WatchUpstreamAsync);
        routes.MapTrigger(TriggerNames.ProbeReplicas, TimerTriggers.ProbeReplicasAsync);
        routes.MapTrigger(TriggerNames.SealLedger, TimerTriggers.SealLedgerAsync);
        routes.MapTrigger(TriggerNames.PublishEvents, TimerTriggers.PublishEventsAsync);
        routes.MapTrigger(TriggerNames.RescanReleased, TimerTriggers.RescanReleasedAsync);
        routes.MapTrigger(TriggerNames.Reconcile, TimerTriggers.ReconcileAsync);
    }

    private static void MapTrigger(this IEndpointRouteBuilder routes, string function, TriggerBody body) =>
        routes.MapPost("/" + function, (HttpContext http, [FromServices] TimeProvider clock, [FromServices] ILogger<Invocation> log) =>
                TriggerRunner.RunAsync(function, body, http, clock, log))
            .AllowAnonymous()
            .ExcludeFromDescription();
}
