using Gatehouse.Emulator.Requests;

namespace Gatehouse.Emulator.Arm;

/// <summary>An ARM path, understood. ARM compares segments without case.</summary>
/// <param name="Name">Of the registry; null for lists, and for operations that are polled at the subscription.</param>
/// <param name="Child">Replication, cache rule, credential set or operation.</param>
internal sealed record ArmPath(RequestKind Kind, string Subscription, string? Group = null, string? Name = null, string? Child = null)
{
    private const string Provider = "Microsoft.ContainerRegistry";

    private static readonly Dictionary<string, RequestKind> Children = new(StringComparer.OrdinalIgnoreCase)
    {
        [ReplicationEndpoint.Type] = RequestKind.ArmReplications,
        [CacheRuleEndpoint.Type] = RequestKind.ArmCacheRules,
        [CredentialSetEndpoint.Type] = RequestKind.ArmCredentialSets,
    };

    /// <summary>Null when there is no such resource type here.</summary>
    public static ArmPath? Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        if (parts.Length < 2 || !Is(parts[0], "subscriptions"))
        {
            return null;
        }

        var subscription = parts[1];
        var rest = parts[2..];
        string? group = null;
        if (rest.Length >= 2 && Is(rest[0], "resourceGroups"))
        {
            (group, rest) = (rest[1], rest[2..]);
        }

        if (rest.Length < 3 || !Is(rest[0], "providers") || !Is(rest[1], Provider))
        {
            return null;
        }

        rest = rest[2..];
        return rest switch
        {
            [var type] when Is(type, "registries") => new ArmPath(RequestKind.ArmRegistry, subscription, group),
            [var type, _, var results, var statuses, var id] when Is(type, "locations") && Is(results, "operationResults") && Is(statuses, "operationStatuses")
                => new ArmPath(RequestKind.ArmOperation, subscription, group, null, id),
            _ when group is null || !Is(rest[0], "registries") => null,
            [_, var name] => new ArmPath(RequestKind.ArmRegistry, subscription, group, name),
            [_, var name, var action] when Is(action, "importImage") => new ArmPath(RequestKind.ArmImport, subscription, group, name),
            [_, var name, var action] when Is(action, "listUsages") => new ArmPath(RequestKind.ArmUsages, subscription, group, name),
            [_, var name, var statuses, var id] when Is(statuses, "operationStatuses") => new ArmPath(RequestKind.ArmOperation, subscription, group, name, id),
            [_, var name, var children] when Children.TryGetValue(children, out var kind) => new ArmPath(kind, subscription, group, name),
            [_, var name, var children, var child] when Children.TryGetValue(children, out var kind) => new ArmPath(kind, subscription, group, name, child),
            _ => null,
        };
    }

    private static bool Is(string text, string expected) => string.Equals(text, expected, StringComparison.OrdinalIgnoreCase);
}
