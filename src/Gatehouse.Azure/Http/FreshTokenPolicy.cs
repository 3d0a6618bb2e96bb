using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Gatehouse.Azure.Tokens;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

/// <summary>
/// Azure.Core's bearer tokens, and one more try with a fresh token when the service refuses the one we had. Azure.Core itself only does so
/// for a claims challenge; otherwise it and the credential keep a token until it says it is over, whatever the service's clock says. A service that
/// refuses every token does not have one forced by every call: the same one is forced once in five minutes, and others twice if that is in vain.
/// </summary>
internal sealed class FreshTokenPolicy : BearerTokenAuthenticationPolicy
{
    /// <summary>How long one forced token is remembered, and how many there are in that time: the endpoint behind the credential is shared.</summary>
    private static readonly TimeSpan ForcePause = TimeSpan.FromMinutes(5);
    private const int MostInARow = 2;

    private readonly Lock _gate = new();
    private readonly string _scope;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private Forced? _last;

    public FreshTokenPolicy(TokenCredential credential, string scope, TimeProvider clock, ILogger log)
        : base(credential, scope) => (_scope, _clock, _log) = (scope, clock, log);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await base.ProcessAsync(message, pipeline);
        if (message.Response.Status != 401 || message.TryGetProperty(typeof(FreshTokenPolicy), out _))
        {
            return;
        }

        var refused = message.Request.Headers.TryGetValue("Authorization", out var header) ? header["Bearer ".Length..] : null;
        var mine = Begin(refused);
        if (mine is not null)
        {
            if (!await ForceAsync(message, mine))
            {
                return;
            }
        }
        else if (await KnownAsync(message) is { } newer && newer != refused)
        {
            message.Request.Headers.SetValue("Authorization", $"Bearer {newer}");
        }
        else
        {
            // It was forced already and refused again, or there is none: what the service said stands.
            return;
        }

        message.Response.Dispose();
        await ProcessNextAsync(message, pipeline);
        if (mine is not null && message.Response.Status != 401)
        {
            // Only tokens that were forced in vain are counted.
            lock (_gate)
            {
                mine.InARow = 0;
            }
        }
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

    /// <summary>Null when a token was forced in place of this one a short while ago, or too many were.</summary>
    private Forced? Begin(string? refused)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            if (_last is not { } last || now - last.At >= ForcePause)
            {
                return _last = new Forced(refused, now, 1);
            }

            return last.Refused == refused || last.InARow == MostInARow ? null : _last = new Forced(refused, now, last.InARow + 1);
        }
    }

    private async Task<bool> ForceAsync(HttpMessage message, Forced mine)
    {
        _log.TokenRefused(message.Request.Uri.Host, message.Request.ClientRequestId);
        string? newer = null;
        try
        {
            var context = new TokenRequestContext([_scope], message.Request.ClientRequestId, FresherToken.Claims(mine.Refused, _clock));
            await AuthenticateAndAuthorizeRequestAsync(message, context);
            newer = message.Request.Headers.TryGetValue("Authorization", out var header) ? header["Bearer ".Length..] : null;
            return true;
        }
        catch (AuthenticationFailedException failed)
        {
            // The tools of developers cannot be asked for more than they have: what the service said stands.
            _log.FreshTokenFailed(message.Request.Uri.Host, failed.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            // Nobody was told anything: the next call may ask.
            lock (_gate)
            {
                _last = _last == mine ? null : _last;
            }

            throw;
        }
        finally
        {
            mine.Newer.TrySetResult(newer);
        }
    }

    /// <summary>The token that was forced last, also for the calls that were refused while it was under way.</summary>
    private Task<string?> KnownAsync(HttpMessage message)
    {
        lock (_gate)
        {
            return _last?.Newer.Task.WaitAsync(message.CancellationToken) ?? Task.FromResult<string?>(null);
        }
    }

    /// <param name="inARow">How many were forced up to this one, none of them long after the one before.</param>
    private sealed class Forced(string? refused, DateTimeOffset at, int inARow)
    {
        public string? Refused { get; } = refused;

        public DateTimeOffset At { get; } = at;

        public int InARow { get; set; } = inARow;

        public TaskCompletionSource<string?> Newer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
