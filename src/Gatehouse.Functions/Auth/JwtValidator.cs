using System.Text;
using System.Text.Json;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Auth;

/// <summary>What a validated token says.</summary>
/// <param name="Id"><c>oid</c>, or <c>sub</c> where there is none.</param>
/// <param name="Roles">As granted: <c>Role</c> or <c>Role:scope</c>.</param>
internal sealed record TokenIdentity(string Id, string Name, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt)
{
    /// <summary>The client the token was issued to: <c>azp</c>, in version 1 tokens <c>appid</c>.</summary>
    public string? Application { get; init; }
}

/// <summary>Validates access tokens: RS256 and ES256 only, with a key of the issuer named by <c>kid</c>. Source: RFC 8725 (JWT best current practices).</summary>
/// <remarks>Headers that offer a key (<c>jwk</c>, <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never read.</remarks>
internal sealed class JwtValidator(IIssuerKeys keys, IOptions<AuthOptions> options, TimeProvider clock)
{
    public async Task<Result<TokenIdentity>> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > Jwt.MaxLength)
        {
            return AuthErrors.Invalid($"it exceeds {Jwt.MaxLength} characters");
        }

        var parts = token.Split('.');
        if (parts.Length != 3 || !Jwt.TryParseObject(parts[0], out var header))
        {
            return AuthErrors.Invalid("it is not a signed JWT");
        }

        using (header)
        {
            if (!ReadHeader(header.RootElement).TryGet(out var names, out var error))
            {
                return error;
            }

            var key = await keys.FindAsync(names.KeyId, cancellationToken);
            if (key is null || key.Algorithm != names.Algorithm)
            {
                return AuthErrors.Invalid("the issuer has no such key for that algorithm");
            }

            return Jwt.TryDecode(parts[2], out var signature) && key.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature)
                ? ReadClaims(parts[1])
                : AuthErrors.Invalid("the signature does not match");
        }
    }

    private static Result<(string Algorithm, string KeyId)> ReadHeader(JsonElement header)
    {
        if (Jwt.Text(header, "alg") is not ("RS256" or "ES256"))
        {
            return AuthErrors.Invalid("its algorithm is not RS256 or ES256");
        }

        if (header.TryGetProperty("crit", out _))
        {
            return AuthErrors.Invalid("it carries critical extensions, and none is known here");
        }

        if (header.TryGetProperty("typ", out _) && !IsAccessToken(Jwt.Text(header, "typ")))
        {
            return AuthErrors.Invalid("its type is not JWT or at+jwt");
        }

        return Jwt.Text(header, "kid") is { Length: > 0 and <= 256 } id
            ? (Jwt.Text(header, "alg")!, id)
            : AuthErrors.Invalid("it names no key");
    }

    private static bool IsAccessToken(string? type) =>
        string.Equals(type, "JWT", StringComparison.OrdinalIgnoreCase) || string.Equals(type, "at+jwt", StringComparison.OrdinalIgnoreCase);

    private Result<TokenIdentity> ReadClaims(string segment)
    {
        if (!Jwt.TryParseObject(segment, out var document))
        {
            return AuthErrors.Invalid("its claims are not one JSON object with each name once");
        }

        using (document)
        {
            var claims = document.RootElement;
            return Check(claims, options.Value, clock.GetUtcNow()) is { } error ? error : Identify(claims);
        }
    }

    private static Error? Check(JsonElement claims, AuthOptions expected, DateTimeOffset now)
    {
        if (expected.ExpectedIssuer.Length == 0 || Jwt.Text(claims, "iss") != expected.ExpectedIssuer)
        {
            return AuthErrors.Invalid("its issuer is not the configured one");
        }

        if (expected.ExpectedAudience.Length == 0 || Jwt.Texts(claims, "aud")?.Contains(expected.ExpectedAudience) != true)
        {
            return AuthErrors.Invalid("it was issued for another audience");
        }

        if (!string.IsNullOrEmpty(expected.TenantId) && Jwt.Text(claims, "tid") != expected.TenantId)
        {
            return AuthErrors.Invalid("its tenant is not the configured one");
        }

        if (Jwt.Time(claims, "exp") is not { } expires || expires + expected.ClockSkew <= now)
        {
            return AuthErrors.Invalid("it has expired, or says no expiry");
        }

        return claims.TryGetProperty("nbf", out _) && (Jwt.Time(claims, "nbf") is not { } from || from - expected.ClockSkew > now)
            ? AuthErrors.Invalid("it is not valid yet")
            : null;
    }

    private static Result<TokenIdentity> Identify(JsonElement claims)
    {
        var id = Jwt.Text(claims, "oid") ?? Jwt.Text(claims, "sub");
        return string.IsNullOrEmpty(id) || Jwt.Texts(claims, "roles") is not { } roles
            ? AuthErrors.Invalid("it names no subject, or its roles are not texts")
            : new TokenIdentity(id, Jwt.Text(claims, "preferred_username") ?? Jwt.Text(claims, "name") ?? id, roles, Jwt.Time(claims, "exp")!.Value)
            {
                Application = Jwt.Text(claims, "azp") ?? Jwt.Text(claims, "appid"),
            };
    }
}
