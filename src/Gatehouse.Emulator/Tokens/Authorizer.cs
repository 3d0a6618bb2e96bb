using System.Text;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Tokens;

/// <summary>Lets a request in, or answers it with the challenge ACR would.</summary>
internal sealed class Authorizer(EmulatedRegistry registry, RegistryTokens tokens)
{
    private static readonly Grant Everything = new("anonymous", [], []);

    /// <summary>What a call needs; null when being known is enough. Source: ACR scope table.</summary>
    public static AccessScope? Required(RegistryPath path, string method)
    {
        var read = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return path.Kind switch
        {
            RequestKind.Catalog or RequestKind.Repositories => AccessScope.Catalog,
            RequestKind.Upload => AccessScope.Repository(path.Repository, "pull", "push"),
            RequestKind.Manifest or RequestKind.Blob or RequestKind.Tags or RequestKind.Referrers => read
                ? AccessScope.Repository(path.Repository, "pull")
                : HttpMethods.IsDelete(method) ? AccessScope.Repository(path.Repository, "delete") : AccessScope.Repository(path.Repository, "pull", "push"),
            RequestKind.Repository or RequestKind.RepositoryTags or RequestKind.RepositoryManifests => AccessScope.Repository(
                path.Repository,
                read ? "metadata_read" : HttpMethods.IsDelete(method) ? "delete" : "metadata_write"),
            _ => null,
        };
    }

    /// <summary>The caller's grant; null after the refusal has been written.</summary>
    public async Task<Grant?> AuthorizeAsync(HttpContext http, RegistryPath path, string host)
    {
        var required = Required(path, http.Request.Method);
        return registry.Kind == RegistryKind.Plain
            ? await PlainAsync(http, required)
            : await AcrAsync(http, required, host);
    }

    public static (string User, string Password)? ReadBasic(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    private async Task<Grant?> AcrAsync(HttpContext http, AccessScope? required, string host)
    {
        var header = http.Request.Headers.Authorization.ToString();
        IReadOnlyList<AccessScope> asked = required is null ? [] : [required];
        var grant = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? tokens.ReadAccess(header["Bearer ".Length..].Trim())
            : ReadBasic(http) is { } basic ? tokens.Login(basic.User, basic.Password)?.Grant(asked) : null;
        if (grant is null)
        {
            await ChallengeAsync(http, required, host, header.Length > 0 ? "invalid_token" : null);
            return null;
        }

        if (required is null || grant.Allows(required))
        {
            return grant;
        }

        if (grant.AskedFor(required))
        {
            await Reply.ErrorAsync(http, StatusCodes.Status403Forbidden, "DENIED", "requested access to the resource is denied", writer => Detail(writer, required));
            return null;
        }

        await ChallengeAsync(http, required, host, "insufficient_scope");
        return null;
    }

    private async Task<Grant?> PlainAsync(HttpContext http, AccessScope? required)
    {
        var reads = required is null || required.Actions.All(action => action is "pull" or "*" or "metadata_read");
        if (reads ? registry.AnonymousPull : registry.Options.AnonymousPush)
        {
            return Everything;
        }

        if (ReadBasic(http) is { } basic && tokens.Login(basic.User, basic.Password) is { } principal)
        {
            var grant = principal.Grant(required is null ? [] : [required]);
            if (required is null || grant.Allows(required))
            {
                return grant;
            }
        }
        else if (registry.Options.Credentials.Count > 0)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"plain registry\"";
            await Reply.ErrorAsync(http, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "authentication required");
            return null;
        }

        await Reply.ErrorAsync(http, StatusCodes.Status403Forbidden, "DENIED", "requested access to the resource is denied");
        return null;
    }

    private async Task ChallengeAsync(HttpContext http, AccessScope? required, string host, string? error)
    {
        var challenge = $"Bearer realm=\"http://{host}/oauth2/token\",service=\"{registry.LoginServer}\"";
        challenge += required is null ? string.Empty : $",scope=\"{required}\"";
        http.Response.Headers.WWWAuthenticate = challenge + (error is null ? string.Empty : $",error=\"{error}\"");
        await Reply.ErrorAsync(
            http,
            StatusCodes.Status401Unauthorized,
            "UNAUTHORIZED",
            "authentication required, visit https://aka.ms/acr/authorization for more information.",
            required is null ? null : writer => Detail(writer, required));
    }

    private static void Detail(System.Text.Json.Utf8JsonWriter writer, AccessScope scope)
    {
        writer.WriteStartArray();
        foreach (var action in scope.Actions)
        {
            writer.WriteStartObject();
            writer.WriteString("Type", scope.Type);
            writer.WriteString("Name", scope.Name);
            writer.WriteString("Action", action);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
