using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Identity;

/// <summary>The managed identity endpoint of App Service and Functions, 2019-08-01.</summary>
internal sealed class IdentityEndpoint(EntraTokens tokens, string secret)
{
    public const string Path = "/msi/token";

    private const string ApiVersion = "2019-08-01";

    public Task HandleAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || http.Request.Path != Path)
        {
            return ErrorAsync(http, StatusCodes.Status404NotFound, $"Use GET {Path}.");
        }

        var header = Encoding.UTF8.GetBytes(http.Request.Headers["X-IDENTITY-HEADER"].ToString());
        if (!CryptographicOperations.FixedTimeEquals(header, Encoding.UTF8.GetBytes(secret)))
        {
            return ErrorAsync(http, StatusCodes.Status401Unauthorized, "X-IDENTITY-HEADER is missing or wrong; send the value of IDENTITY_HEADER.");
        }

        if (http.Query("api-version") != ApiVersion)
        {
            return ErrorAsync(http, StatusCodes.Status400BadRequest, $"api-version is '{http.Query("api-version")}'; allowed: {ApiVersion}.");
        }

        if (http.Query("resource") is not { Length: > 0 } resource || !Uri.TryCreate(resource, UriKind.Absolute, out _))
        {
            return ErrorAsync(http, StatusCodes.Status400BadRequest, $"resource is '{http.Query("resource")}'; allowed: an absolute URI, e.g. {EntraTokens.ArmAudience}.");
        }

        var clientId = http.Query("client_id") ?? EntraTokens.SystemAssigned;
        var (token, expiresOn) = tokens.Issue(resource, clientId);
        return Reply.JsonAsync(http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("access_token", token);
            writer.WriteString("expires_on", expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            writer.WriteString("resource", resource);
            writer.WriteString("token_type", "Bearer");
            writer.WriteString("client_id", clientId);
            writer.WriteEndObject();
        });
    }

    private static Task ErrorAsync(HttpContext http, int status, string message) => Reply.JsonAsync(http, status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("statusCode", status);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });
}
