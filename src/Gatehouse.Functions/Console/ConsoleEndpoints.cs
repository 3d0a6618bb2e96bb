using Gatehouse.Core.Estate;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Console;

/// <summary><c>/console</c>: one page, rendered here, without a script.</summary>
internal static class ConsoleEndpoints
{
    private const int ShownIntakes = 25;

    private const string Policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console", ShowAsync).RequireAuthorization(Access.Read).Produces<string>(200, "text/html")
            .Describe("ShowConsole", "A page with the estate's health, the newest intakes and the ledger's head.");
        routes.MapGet("/console/style.css", () => Results.Text(ConsolePages.Style, "text/css")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(ConsoleSession.SignInPath, (HttpContext http) => Page(http, ConsolePages.SignIn(null))).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(ConsoleSession.SignInPath, SignInAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http,
        [FromServices] IEstateMonitor estate,
        [FromServices] IIntakeDesk desk,
        [FromServices] ILedger ledger,
        CancellationToken cancellationToken)
    {
        var replicas = await estate.GetStatusAsync(cancellationToken);
        var intakes = (await desk.ListAsync(new IntakeFilter(Take: ShownIntakes), cancellationToken)).TryGet(out var page, out _) ? page.Intakes : [];
        var head = await ledger.GetCheckpointAsync(cancellationToken);
        return Page(http, ConsolePages.Status(http.User.Actor().Name, replicas, intakes, head));
    }

    /// <summary>The token is judged before it becomes a cookie, and other sites cannot post one.</summary>
    private static async Task<IResult> SignInAsync(HttpContext http, [FromServices] JwtValidator tokens, CancellationToken cancellationToken)
    {
        if (http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            return Page(http, ConsolePages.SignIn("Sign in from this page."), StatusCodes.Status403Forbidden);
        }

        var token = (await ReadTokenAsync(http.Request, cancellationToken)).Trim();
        if (!(await tokens.ValidateAsync(token, cancellationToken)).TryGet(out var identity, out var error))
        {
            return Page(http, ConsolePages.SignIn(error.Message), StatusCodes.Status401Unauthorized);
        }

        var cookie = ConsoleSession.Options(http.Request);
        cookie.Expires = identity.ExpiresAt;
        http.Response.Cookies.Append(ConsoleSession.Cookie, token, cookie);
        return Results.Redirect(ConsoleSession.Root);
    }

    private static async Task<string> ReadTokenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType || request.ContentLength is null or > 2 * Jwt.MaxLength)
        {
            return string.Empty;
        }

        return (await request.ReadFormAsync(cancellationToken))["token"].ToString();
    }

    private static IResult Page(HttpContext http, string html, int status = StatusCodes.Status200OK)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Text(html, "text/html; charset=utf-8", statusCode: status);
    }
}
