using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Tokens;

/// <summary><c>/oauth2/exchange</c> and <c>/oauth2/token</c>. Source: ACR AAD-OAuth and Token-BasicAuth pages.</summary>
internal sealed class TokenService(EmulatedRegistry registry, RegistryTokens tokens, EntraTokens entra)
{
    public async Task ExchangeAsync(HttpContext http)
    {
        var form = await FormAsync(http);
        if (form is null)
        {
            return;
        }

        if (form["grant_type"] != "access_token")
        {
            await Reply.ErrorAsync(http, StatusCodes.Status400BadRequest, "UNSUPPORTED", $"grant_type is '{form["grant_type"]}'; allowed: access_token");
            return;
        }

        if (!await ServiceAsync(http, form["service"]))
        {
            return;
        }

        if (registry.Faults.ExchangeDenied || entra.Read(form["access_token"], EntraTokens.RegistryAudience) is not { } claims)
        {
            await DeniedAsync(http);
            return;
        }

        var refresh = tokens.SignRefresh(claims.GetProperty("appid").GetString()!, claims.GetProperty("tid").GetString()!);
        await TokenAsync(http, "refresh_token", refresh);
    }

    public async Task TokenAsync(HttpContext http)
    {
        Principal? principal;
        string?[] scopes;
        string? service;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            principal = http.Request.Headers.Authorization.Count == 0
                ? tokens.Anonymous
                : Authorizer.ReadBasic(http) is { } basic ? tokens.Login(basic.User, basic.Password) : null;
            (scopes, service) = (http.Request.Query["scope"].ToArray(), http.Query("service"));
        }
        else
        {
            var form = await FormAsync(http);
            if (form is null)
            {
                return;
            }

            var username = form["username"].ToString();
            principal = form["grant_type"].ToString() switch
            {
                "refresh_token" => tokens.ReadRefresh(form["refresh_token"]),
                "password" when username.Length == 0 => tokens.Anonymous,
                "password" => tokens.Login(username, form["password"].ToString()),
                _ => null,
            };
            (scopes, service) = (form["scope"].ToArray(), form["service"]);
        }

        if (!await ServiceAsync(http, service))
        {
            return;
        }

        if (principal is null || principal == RegistryTokens.Nobody)
        {
            await DeniedAsync(http);
            return;
        }

        var asked = scopes
            .SelectMany(scope => (scope ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(AccessScope.Parse)
            .OfType<AccessScope>()
            .ToList();
        await TokenAsync(http, "access_token", tokens.SignAccess(principal.Grant(asked)));
    }

    private static Task DeniedAsync(HttpContext http) =>
        Reply.ErrorAsync(http, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "authentication required, visit https://aka.ms/acr/authorization for more information.");

    private static async Task<IFormCollection?> FormAsync(HttpContext http)
    {
        if (HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType)
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }

        await Reply.ErrorAsync(http, StatusCodes.Status400BadRequest, "UNSUPPORTED", "POST application/x-www-form-urlencoded");
        return null;
    }

    private static Task TokenAsync(HttpContext http, string name, string token)
    {
        http.Response.Headers["x-ms-ratelimit-remaining-calls-per-second"] = "166.65";
        return Reply.JsonAsync(http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString(name, token);
            writer.WriteEndObject();
        });
    }

    /// <summary>The service is the global login server, also on regional endpoints.</summary>
    private async Task<bool> ServiceAsync(HttpContext http, string? service)
    {
        if (service == registry.LoginServer)
        {
            return true;
        }

        await Reply.ErrorAsync(http, StatusCodes.Status400BadRequest, "UNSUPPORTED", $"service is '{service}'; allowed: {registry.LoginServer}, as the challenge says");
        return false;
    }
}
