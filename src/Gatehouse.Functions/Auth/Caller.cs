using System.Security.Claims;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Functions.Auth;

/// <summary>Questions about who calls.</summary>
internal static class Caller
{
    public const string RoleClaim = "roles";

    public static ClaimsPrincipal Of(TokenIdentity identity, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, identity.Id),
            new Claim(ClaimTypes.Name, identity.Name),
            .. identity.Roles.Select(role => new Claim(RoleClaim, role)),
        ],
        scheme,
        ClaimTypes.Name,
        RoleClaim));

    public static Actor Actor(this ClaimsPrincipal user) =>
        new("user:" + user.FindFirstValue(ClaimTypes.NameIdentifier), user.FindFirstValue(ClaimTypes.Name) ?? string.Empty);

    /// <summary>Has the role everywhere or, for roles that can be limited, somewhere.</summary>
    public static bool HasRole(this ClaimsPrincipal user, string role) =>
        user.Identity?.IsAuthenticated == true && user.Grants(role).Any();

    /// <summary>Null when the caller has one of the roles in that scope; else the refusal, naming the first of them.</summary>
    public static Error? Lacks(this ClaimsPrincipal user, Scope scope, params ReadOnlySpan<string> roles)
    {
        foreach (var role in roles)
        {
            if (user.Grants(role).Any(grant => grant is null || grant.Contains(scope)))
            {
                return null;
            }
        }

        return AuthErrors.ScopeMissing(roles[0], scope);
    }

    /// <summary>The scopes a role is held in; null stands for everywhere. A limit that is not a scope grants nothing.</summary>
    private static IEnumerable<Scope?> Grants(this ClaimsPrincipal user, string role)
    {
        foreach (var claim in user.FindAll(RoleClaim))
        {
            if (claim.Value == role)
            {
                yield return null;
            }
            else if (Roles.Scoped.Contains(role) && claim.Value.StartsWith(role + ":", StringComparison.Ordinal)
                && Scope.Parse(claim.Value[(role.Length + 1)..]).TryGet(out var scope, out _))
            {
                yield return scope;
            }
        }
    }
}
