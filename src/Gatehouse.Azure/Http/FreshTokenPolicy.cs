using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Gatehouse.Azure.Tokens;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

/// <summary>
/// Azure.Core's bearer tokens, and one more try with a fresh token when the service refuses the one we had. Azure.Core itself only does so
/// for a claims challenge; otherwise it and the credential keep a token until it says it is over, whatever the service's clock says.
/// </summary>
internal sealed class FreshTokenPolicy : BearerTokenAuthenticationPolicy
{
    private readonly string _scope;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public FreshTokenPolicy(TokenCredential credential, string scope, TimeProvider clock, ILogger log)
        : base(credential, scope) => (_scope, _clock, _log) = (scope, clock, log);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await base.ProcessAsync(message, pipeline);
        if (message.Response.Status != 401 || message.TryGetProperty(typeof(FreshTokenPolicy), out _))
        {
            return;
        }

        _log.TokenRefused(message.Request.Uri.Host, message.Request.ClientRequestId);
        var refused = message.Request.Headers.TryGetValue("Authorization", out var header) ? header["Bearer ".Length..] : null;
        var context = new TokenRequestContext([_scope], message.Request.ClientRequestId, FresherToken.Claims(refused, _clock));
        try
        {
            await AuthenticateAndAuthorizeRequestAsync(message, context);
        }
        catch (AuthenticationFailedException failed)
        {
            // The tools of developers cannot be asked for more than they have: what the service said stands.
            _log.FreshTokenFailed(message.Request.Uri.Host, failed.Message);
            return;
        }

        message.Response.Dispose();
        await ProcessNextAsync(message, pipeline);
    }

    protected override async ValueTask<bool> AuthorizeRequestOnChallengeAsync(HttpMessage message)
    {
        var answered = await base.AuthorizeRequestOnChallengeAsync(message);
        if (answered)
        {
            // A token made for this very challenge; there is none fresher.
            message.SetProperty(typeof(FreshTokenPolicy), true);
        }

        return answered;
    }
}
