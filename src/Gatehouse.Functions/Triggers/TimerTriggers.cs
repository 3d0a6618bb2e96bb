using Gatehouse.Core.Estate;
using Gatehouse.Core.Events;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Rescans;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;

namespace Gatehouse.Functions.Triggers;

/// <summary>Timers carry nothing but the time; late or twice makes no difference to what they call.</summary>
internal static class TimerTriggers
{
    public static async Task<Result<string>> WatchUpstreamAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<IWatchService>().SweepAsync(cancellationToken);
        return $"{report.Watches} watches: {report.Tags} tags asked for, {report.Moved} moved, {report.Failed} failed, {report.Intakes} intakes.";
    }

    public static async Task<Result<string>> ProbeReplicasAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<IEstateMonitor>().ProbeAsync(cancellationToken);
        return $"{report.Replicas} replicas: {report.Healthy} healthy, {report.Degraded} degraded, {report.Unavailable} unavailable, {report.Unknown} unknown; {report.DriftedManifests} manifests drifted.";
    }

    public static async Task<Result<string>> RescanReleasedAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<IRescanService>().RunAsync(cancellationToken);
        return $"{report.Images} released images: {report.Asked} asked about, {report.Judged} judged, {report.Failing} would be refused today.";
    }

    public static async Task<Result<string>> SealLedgerAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken) =>
        $"{await services.GetRequiredService<ILedgerSealer>().SealAsync(cancellationToken)} events sealed.";

    public static async Task<Result<string>> PublishEventsAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<IEventPublisher>().PublishAsync(cancellationToken);
        return report.IsOn
            ? $"{report.Published} events published, {report.Refused} refused; {report.Lag} ledger entries behind."
            : "No topic is configured to publish events to.";
    }

    public static async Task<Result<string>> ReconcileAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var overdue = await services.GetRequiredService<IIntakeWorkflow>().ReconcileAsync(cancellationToken);
        var poison = await WarnOfPoisonAsync(services, cancellationToken);
        return poison == 0 ? $"{overdue} overdue intakes queued." : $"{overdue} overdue intakes queued; {poison} messages failed too often and wait.";
    }

    /// <summary>As long as any waits, so that an alert stays up until someone has looked.</summary>
    private static async Task<long> WarnOfPoisonAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TimerTriggers).FullName!);
        var waiting = 0L;
        foreach (var queue in await services.GetRequiredService<IQueueDesk>().ListAsync(cancellationToken))
        {
            if (queue.Problem is { } problem)
            {
                logger.QueueNotCounted(queue.Name, problem);
            }
            else if (queue.Poison is > 0 and var count)
            {
                logger.PoisonWaits(count, queue.Name);
                waiting += count;
            }
        }

        return waiting;
    }
}
