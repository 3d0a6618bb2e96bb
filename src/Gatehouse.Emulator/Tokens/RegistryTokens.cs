using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Tokens;

/// <summary>Issues and reads the tokens of one registry. Source: ACR AAD-OAuth and Token-BasicAuth pages.</summary>
internal sealed class RegistryTokens(EmulatedRegistry registry, Jwt jwt, TimeProvider clock, IEntropy entropy)
{
    /// <summary>The user name that goes with a refresh token as password.</summary>
    public const string RefreshTokenUser = "00000000-0000-0000-0000-000000000000";

    public static readonly TimeSpan RefreshTokenLife = TimeSpan.FromHours(3);
    public static readonly TimeSpan AccessTokenLife = TimeSpan.FromMinutes(75);

    private const string Issuer = "Azure Container Registry";
    private const string IdentityPrefix = "identity:";

    public static Principal Nobody { get; } = new("anonymous", (_, _) => false);

    /// <summary>The caller without credentials.</summary>
    public Principal Anonymous => registry.AnonymousPull
        ? new Principal("anonymous", (scope, action) => scope.Type == "repository" && action is "pull" or "metadata_read")
        : Nobody;

    public static Principal Identity(string clientId) => new(IdentityPrefix + clientId, (_, _) => true);

    /// <summary>Null when the name or the password is wrong.</summary>
    public Principal? Login(string username, string password)
    {
        if (username == RefreshTokenUser)
        {
            return ReadRefresh(password);
        }

        var credential = registry.Options.Credentials.FirstOrDefault(credential => credential.Username == username);
        return credential is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(credential.Password), Encoding.UTF8.GetBytes(password))
            ? new Principal(username, (scope, action) => Allows(credential, scope, action))
            : null;
    }

    public string SignRefresh(string clientId, string tenant) => jwt.Sign(claims =>
    {
        Common(claims, IdentityPrefix + clientId, RefreshTokenLife, "refresh_token");
        claims.WriteString("tenant", tenant);
    });

    public Principal? ReadRefresh(string? token) =>
        jwt.Read(token, registry.LoginServer, clock.GetUtcNow()) is { } claims
        && claims.GetProperty("grant_type").GetString() == "refresh_token"
        && claims.GetProperty("sub").GetString() is { } subject && subject.StartsWith(IdentityPrefix, StringComparison.Ordinal)
            ? Identity(subject[IdentityPrefix.Length..])
            : null;

    public string SignAccess(Grant grant) => jwt.Sign(claims =>
    {
        Common(claims, grant.Subject, AccessTokenLife, "access_token");
        Write(claims, "access", grant.Granted);
        Write(claims, "asked", grant.Asked);
        claims.WriteStartArray("roles");
        claims.WriteEndArray();
    });

    public Grant? ReadAccess(string? token) =>
        jwt.Read(token, registry.LoginServer, clock.GetUtcNow()) is { } claims && claims.GetProperty("grant_type").GetString() == "access_token"
            ? new Grant(claims.GetProperty("sub").GetString()!, ReadScopes(claims, "access"), ReadScopes(claims, "asked"))
            : null;

    private static bool Allows(Hosting.RegistryCredential credential, AccessScope scope, string action)
    {
        var everything = credential.Repositories.Count == 0;
        var named = everything || (scope.Type == "repository" && credential.Repositories.Any(pattern => pattern.EndsWith('*')
            ? scope.Name.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : scope.Name == pattern));
        return named && (credential.Actions.Count == 0 || credential.Actions.Contains(action) || (scope.Type == "registry" && credential.Actions.Contains("metadata_read")));
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<AccessScope> scopes)
    {
        writer.WriteStartArray(name);
        foreach (var scope in scopes)
        {
            writer.WriteStartObject();
            writer.WriteString("type", scope.Type);
            writer.WriteString("name", scope.Name);
            writer.WriteStartArray("actions");
            foreach (var action in scope.Actions)
            {
                writer.WriteStringValue(action);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static List<AccessScope> ReadScopes(JsonElement claims, string name) =>
    [
        .. claims.GetProperty(name).EnumerateArray().Select(entry => new AccessScope(
            entry.GetProperty("type").GetString()!,
            entry.GetProperty("name").GetString()!,
            [.. entry.GetProperty("actions").EnumerateArray().Select(action => action.GetString()!)])),
    ];

    private void Common(Utf8JsonWriter claims, string subject, TimeSpan life, string grantType)
    {
        var now = clock.GetUtcNow();
        claims.WriteString("jti", entropy.Next());
        claims.WriteString("sub", subject);
        claims.WriteNumber("nbf", now.AddMinutes(-15).ToUnixTimeSeconds());
        claims.WriteNumber("exp", (now + life).ToUnixTimeSeconds());
        claims.WriteNumber("iat", now.ToUnixTimeSeconds());
        claims.WriteString("iss", Issuer);
        claims.WriteString("aud", registry.LoginServer);
        claims.WriteString("grant_type", grantType);
    }
}
