using Gatehouse.Functions.Auth;

namespace Gatehouse.Local.Hosting;

/// <summary>The people of the local mode, one for each role, and what each is there for.</summary>
internal static class LocalPeople
{
    /// <summary>Requests images; may approve others' requests, never their own.</summary>
    public static LocalIdentity Rita { get; } = new("rita", "Rita (payments team)", ["Reader", "Requester", "Approver"]);

    public static LocalIdentity Adam { get; } = new("adam", "Adam (registry administrator)", ["Reader", "Approver"]);

    public static LocalIdentity Paula { get; } = new("paula", "Paula (security)", ["Reader", "PolicyAdmin"]);

    public static LocalIdentity Olga { get; } = new("olga", "Olga (operations)", ["Reader", "Operator", "Requester"]);

    public static LocalIdentity Scanner { get; } = new("scanner", "Scanner pipeline", ["Scanner"]);

    public static LocalIdentity Agent { get; } = new("agent", "Cluster agent", ["Agent"]);

    public static IReadOnlyList<LocalIdentity> All { get; } = [Rita, Adam, Paula, Olga, Scanner, Agent];
}
