using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Functions.Auth;

internal static class AuthErrors
{
    public static Error Missing { get; } =
        new(ErrorKind.Unauthenticated, "token-missing", "Send an access token: Authorization: Bearer <token>.");

    /// <param name="why">Completes "The access token is not accepted: "; never a part of the token.</param>
    public static Error Invalid(string why) =>
        new(ErrorKind.Unauthenticated, "token-invalid", $"The access token is not accepted: {why}.");

    public static Error RoleMissing(IEnumerable<string> roles) =>
        new(ErrorKind.Forbidden, "role-missing", $"This needs the role {string.Join(" or ", roles)}.");

    public static Error ScopeMissing(string role, Scope scope) =>
        new(ErrorKind.Forbidden, "role-missing", $"This needs the role {role} for the scope '{scope}': '{role}', or '{role}:' with that scope or one above it.");
}
