namespace Gatehouse.Functions.Auth;

/// <summary>The app roles tokens carry in <c>roles</c>. Those in <see cref="Scoped"/> may be limited: <c>Approver:contoso/payments</c>.</summary>
public static class Roles
{
    public const string Reader = "Reader";
    public const string Requester = "Requester";
    public const string Approver = "Approver";
    public const string PolicyAdmin = "PolicyAdmin";
    public const string Operator = "Operator";
    public const string Scanner = "Scanner";
    public const string Agent = "Agent";

    public static IReadOnlyList<string> All { get; } = [Reader, Requester, Approver, PolicyAdmin, Operator, Scanner, Agent];

    public static IReadOnlyList<string> Scoped { get; } = [Requester, Approver, PolicyAdmin];

    internal static IEnumerable<string> Limit(string role, IReadOnlyList<string> scopes) =>
        scopes.Count == 0 || !Scoped.Contains(role) ? [role] : scopes.Select(scope => $"{role}:{scope}");
}
