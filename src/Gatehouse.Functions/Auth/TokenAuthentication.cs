using System.Text.Encodings.Web;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Console;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Auth;

/// <summary>Bearer tokens in <c>Authorization</c>; for the console's pages also in its own cookie. Source: RFC 6750.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IServiceProvider services) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";

    private const string Prefix = "Bearer ";

    private Error? _error;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ReadToken() is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        try
        {
            var result = await services.GetRequiredService<JwtValidator>().ValidateAsync(token, Context.RequestAborted);
            if (result.TryGet(out var identity, out _error))
            {
                return AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(identity, SchemeName), SchemeName));
            }
        }
        catch (IssuerUnavailableException exception)
        {
            Logger.TokenNotJudged(exception);
            _error = new Error(ErrorKind.Unavailable, "issuer-unavailable", "The token issuer's keys cannot be read now; try again.");
        }

        return AuthenticateResult.Fail(_error!.Message);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var error = _error ?? AuthErrors.Missing;
        if (error.Kind == ErrorKind.Unauthenticated)
        {
            Response.Headers.WWWAuthenticate = _error is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        }

        return ConsoleSession.Owns(Request) && HttpMethods.IsGet(Request.Method) && error.Kind == ErrorKind.Unauthenticated
            ? Results.Redirect(ConsoleSession.SignInPath).ExecuteAsync(Context)
            : error.ToProblem().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var roles = Context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>()
            .SelectMany(data => data.Policy is { } policy ? Access.Table.GetValueOrDefault(policy, []) : []) ?? [];
        return AuthErrors.RoleMissing(roles).ToProblem().ExecuteAsync(Context);
    }

    private string? ReadToken()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return ConsoleSession.Owns(Request) ? Request.Cookies[ConsoleSession.Cookie] : null;
        }

        // Two headers are two identities; neither is taken.
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? value[Prefix.Length..].Trim()
            : string.Empty;
    }
}
