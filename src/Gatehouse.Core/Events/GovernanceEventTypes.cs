using System.Collections.Frozen;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Events;

/// <summary>The types that are published, and the one table from ledger events to them. Names are contracts with subscribers.</summary>
public static class GovernanceEventTypes
{
    public const string IntakeRequested = "Gatehouse.IntakeRequested";
    public const string IntakeJudged = "Gatehouse.IntakeJudged";
    public const string IntakeRefused = "Gatehouse.IntakeRefused";
    public const string IntakeApproved = "Gatehouse.IntakeApproved";
    public const string IntakeRejected = "Gatehouse.IntakeRejected";
    public const string IntakeReleased = "Gatehouse.IntakeReleased";
    public const string IntakeFaulted = "Gatehouse.IntakeFaulted";
    public const string IntakeRetired = "Gatehouse.IntakeRetired";
    public const string IntakeRecalled = "Gatehouse.IntakeRecalled";
    public const string ImageFinding = "Gatehouse.ImageFinding";
    public const string ReplicaHealthChanged = "Gatehouse.ReplicaHealthChanged";
    public const string ReplicaUnhealthy = "Gatehouse.ReplicaUnhealthy";
    public const string ReplicaDrifted = "Gatehouse.ReplicaDrifted";
    public const string UnapprovedPush = "Gatehouse.UnapprovedPush";
    public const string PolicyApplied = "Gatehouse.PolicyApplied";

    private static readonly FrozenDictionary<string, string> Table = new Dictionary<string, string>
    {
        [LedgerEventTypes.IntakeRequested] = IntakeRequested,
        [LedgerEventTypes.IntakeJudged] = IntakeJudged,
        [LedgerEventTypes.IntakeRefused] = IntakeRefused,
        [LedgerEventTypes.IntakeApproved] = IntakeApproved,
        [LedgerEventTypes.IntakeRejected] = IntakeRejected,
        [LedgerEventTypes.IntakeReleased] = IntakeReleased,
        [LedgerEventTypes.IntakeFaulted] = IntakeFaulted,
        [LedgerEventTypes.IntakeRetired] = IntakeRetired,
        [LedgerEventTypes.IntakeRecalled] = IntakeRecalled,
        [LedgerEventTypes.ImageFinding] = ImageFinding,
        [LedgerEventTypes.ReplicaHealthChanged] = ReplicaHealthChanged,
        [LedgerEventTypes.ReplicaDrifted] = ReplicaDrifted,
        [LedgerEventTypes.UnapprovedPush] = UnapprovedPush,
        [LedgerEventTypes.PolicyApplied] = PolicyApplied,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a ledger event is published as: nothing for steps that concern us alone, two for a replica that fell ill, so that alerts need no filter on data.</summary>
    internal static IReadOnlyList<string> Of(LedgerEvent ledgerEvent) =>
        !Table.TryGetValue(ledgerEvent.Type, out var type) ? []
        : type == ReplicaHealthChanged && IsUnhealthy(ledgerEvent.Details.GetValueOrDefault("after")) ? [type, ReplicaUnhealthy]
        : [type];

    private static bool IsUnhealthy(string? health) => health is nameof(ReplicaHealth.Degraded) or nameof(ReplicaHealth.Unavailable);
}
