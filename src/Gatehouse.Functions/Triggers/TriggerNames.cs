using System.Collections.Frozen;

namespace Gatehouse.Functions.Triggers;

/// <summary>Functions the host invokes by envelope; each is a folder with <c>function.json</c> and a route <c>POST /&lt;name&gt;</c>.</summary>
internal static class TriggerNames
{
    public const string OnRegistryEvent = nameof(OnRegistryEvent);
    public const string OnUpstreamUpdated = nameof(OnUpstreamUpdated);
    public const string OnQueuedEvent = nameof(OnQueuedEvent);
    public const string AdvanceIntake = nameof(AdvanceIntake);
    public const string WatchUpstream = nameof(WatchUpstream);
    public const string ProbeReplicas = nameof(ProbeReplicas);
    public const string RescanReleased = nameof(RescanReleased);
    public const string SealLedger = nameof(SealLedger);
    public const string PublishEvents = nameof(PublishEvents);
    public const string Reconcile = nameof(Reconcile);

    public static readonly FrozenSet<string> All =
        FrozenSet.Create(OnRegistryEvent, OnUpstreamUpdated, OnQueuedEvent, AdvanceIntake, WatchUpstream, ProbeReplicas, RescanReleased, SealLedger, PublishEvents, Reconcile);
}
