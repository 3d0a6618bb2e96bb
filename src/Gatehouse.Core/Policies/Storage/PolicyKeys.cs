using Gatehouse.Core.Records;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Storage;

/// <summary>
/// Where policies lie. One partition an organization: <c>org</c> (replaced by every apply, so that applies of one organization follow one
/// another), <c>head:{scope}</c> (which version counts), <c>doc:{scope}:{version}</c> (never changed), and events not yet in the ledger's inbox.
/// </summary>
internal static class PolicyKeys
{
    public const string Table = "policies";

    /// <summary>Lists the organizations. No scope begins with '~'.</summary>
    public const string IndexPartition = "~organizations";

    public const string OrganizationRow = "org";

    public const string HeadPrefix = "head:";

    public static string Partition(Scope scope) => RecordKeys.Encode(scope.Root.Path);

    public static string HeadRow(Scope scope) => HeadPrefix + RecordKeys.Encode(scope.Path);

    /// <summary>Begins the head rows of everything below <paramref name="scope"/>.</summary>
    public static string HeadsBelow(Scope scope) => HeadPrefix + RecordKeys.Encode(scope.Path + "/");

    public static string DocumentRow(Scope scope, int version) => $"doc:{RecordKeys.Encode(scope.Path)}:{RecordKeys.Number(version)}";

    public static Scope ScopeOfHead(string row) => Scope.Parse(RecordKeys.Decode(row[HeadPrefix.Length..])).Value;
}
