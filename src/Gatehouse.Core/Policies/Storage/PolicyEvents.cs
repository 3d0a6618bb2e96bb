using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Storage;

/// <summary>What the ledger is told about policies.</summary>
internal static class PolicyEvents
{
    /// <summary>The event of one apply. Made from what is stored with it only, so that it is always the same.</summary>
    public static LedgerEvent Applied(Scope scope, PolicyVersion version) => new(
        LedgerEvent.MakeId(version.AppliedAt, RecordKeys.Encode(scope.Path), version.Version),
        version.AppliedAt,
        LedgerEventTypes.PolicyApplied,
        version.AppliedBy.Id,
        "policy:" + scope,
        scope,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["actorName"] = version.AppliedBy.Name,
            ["sha256"] = version.Sha256,
            ["version"] = version.Version.ToString(),
        });
}
