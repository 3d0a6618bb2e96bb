using Gatehouse.Core.Results;
using Gatehouse.Functions.Auth;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hooks;

/// <summary>Who may deliver events: whoever knows the hook's secret, or Event Grid with its Entra token; closed when neither is configured.</summary>
internal sealed class EventGridDoor(IOptions<HookOptions> hooks, IOptions<EventGridHookOptions> options, JwtValidator tokens, ILogger<EventGridDoor> log)
{
    public const string Source = "eventgrid";

    private const string Bearer = "Bearer ";

    /// <summary>Sent upper case. Source: Event Grid message headers.</summary>
    private const string SubscriptionHeader = "aeg-subscription-name";

    private string? Secret => hooks.Value.SecretOf(Source) is { Length: > 0 } secret ? secret : null;

    /// <summary>Null when the delivery may be read.</summary>
    public async Task<Error?> CheckAsync(HttpRequest request, CancellationToken cancellationToken) =>
        CheckOpen() ?? await CheckCallerAsync(request, cancellationToken) ?? CheckSubscription(request);

    /// <summary>A CloudEvents handshake asks only whether we can be called. It may lack the delivery headers, so it needs no secret; a wrong one is refused.</summary>
    public Error? CheckHandshake(HttpRequest request) => CheckOpen()
        ?? (Secret is { } secret && (request.Headers.ContainsKey(HookSecret.Header) || request.Query.ContainsKey("code")) ? HookSecret.Check(request, Source, secret) : null)
        ?? CheckSubscription(request);

    private Error? CheckOpen() => Secret is null && !options.Value.EventGridEntra
        ? new Error(ErrorKind.NotFound, "hook-closed", "The hook 'eventgrid' is closed: Gatehouse:Hooks has neither a secret for it nor EventGridEntra.")
        : null;

    private async Task<Error?> CheckCallerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (options.Value.EventGridEntra && request.Headers.Authorization is [{ } value] && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return await CheckTokenAsync(value[Bearer.Length..].Trim(), cancellationToken);
        }

        return Secret is { } secret ? HookSecret.Check(request, Source, secret) : AuthErrors.Missing;
    }

    private async Task<Error?> CheckTokenAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            if (!(await tokens.ValidateAsync(token, cancellationToken)).TryGet(out var identity, out var error))
            {
                return error;
            }

            return string.Equals(identity.Application, options.Value.EventGridEntraAppId, StringComparison.OrdinalIgnoreCase)
                ? null
                : new Error(ErrorKind.Forbidden, "hook-caller-unexpected", "The access token was not issued to Event Grid; Gatehouse:Hooks:EventGridEntraAppId says whose are taken.");
        }
        catch (IssuerUnavailableException exception)
        {
            log.CallerNotJudged(exception);
            return new Error(ErrorKind.Unavailable, "issuer-unavailable", "The token issuer's keys cannot be read now; try again.");
        }
    }

    private Error? CheckSubscription(HttpRequest request)
    {
        var expected = options.Value.EventGridSubscriptions;
        var name = request.Headers[SubscriptionHeader].ToString();
        return expected.Count == 0 || HttpMethods.IsOptions(request.Method) && name.Length == 0 || expected.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? null
            : new Error(ErrorKind.Forbidden, "subscription-unexpected", $"The event subscription '{name}' is none of those in Gatehouse:Hooks:EventGridSubscriptions.", SubscriptionHeader);
    }
}
