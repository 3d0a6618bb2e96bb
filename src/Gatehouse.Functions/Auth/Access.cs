using Microsoft.AspNetCore.Authorization;

namespace Gatehouse.Functions.Auth;

/// <summary>What endpoints ask for, and the roles that have it.</summary>
internal static class Access
{
    public const string Read = nameof(Read);
    public const string ReadIntakes = nameof(ReadIntakes);
    public const string ReadImages = nameof(ReadImages);
    public const string Request = nameof(Request);
    public const string Approve = nameof(Approve);
    public const string ManagePolicies = nameof(ManagePolicies);
    public const string Watch = nameof(Watch);
    public const string Operate = nameof(Operate);
    public const string FileEvidence = nameof(FileEvidence);

    private static readonly string[] People = [Roles.Reader, Roles.Requester, Roles.Approver, Roles.PolicyAdmin, Roles.Operator];

    /// <summary>A role limited to a scope reads everything: what is refused elsewhere is no secret within one estate.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Table = new Dictionary<string, string[]>
    {
        [Read] = People,
        [ReadIntakes] = [.. People, Roles.Scanner],
        [ReadImages] = [.. People, Roles.Scanner, Roles.Agent],
        [Request] = [Roles.Requester],
        [Approve] = [Roles.Approver],
        [ManagePolicies] = [Roles.PolicyAdmin],
        [Watch] = [Roles.Requester, Roles.Operator],
        [Operate] = [Roles.Operator],
        [FileEvidence] = [Roles.Scanner],
    };

    public static void AddAccessPolicies(this AuthorizationBuilder authorization)
    {
        foreach (var (name, roles) in Table)
        {
            authorization.AddPolicy(name, policy => policy.AddRequirements(new AccessRequirement(name, roles)));
        }

        // A route that says nothing needs someone known; forgetting a policy never opens a door.
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}

/// <summary>One of <paramref name="roles"/>, limited to a scope or not; endpoints with a scope check it themselves.</summary>
internal sealed class AccessRequirement(string name, string[] roles) : AuthorizationHandler<AccessRequirement>, IAuthorizationRequirement
{
    public IReadOnlyList<string> Roles => roles;

    public override string ToString() => name;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (requirement.Roles.Any(context.User.HasRole))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
