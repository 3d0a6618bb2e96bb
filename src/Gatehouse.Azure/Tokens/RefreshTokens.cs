using System.Collections.Concurrent;
using System.Net;
using Azure.Core;
using Azure.Identity;
using Gatehouse.Azure.Options;
using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Tokens;

/// <param name="IsFresh">Bought just now, not kept from before.</param>
internal readonly record struct RefreshToken(string Value, bool IsFresh);

/// <summary>The registries' refresh tokens, each bought once with an Entra token and kept until five minutes before it ends.</summary>
internal sealed class RefreshTokens(
    TokenService service, TokenCredential credential, IOptions<AzureOptions> options, TimeProvider clock, ILogger<RefreshTokens> logger) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>How long a refusal stands before the credential is asked past its cache again: the endpoint behind it is shared.</summary>
    private static readonly TimeSpan ForcePause = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Authority, string Service), Slot> _slots = new();

    /// <param name="authority">Scheme, host and port of the token service.</param>
    public async Task<RegistryResult<RefreshToken>> GetAsync(Uri authority, string registryService, CancellationToken cancellationToken)
    {
        var slot = _slots.GetOrAdd((authority.AbsoluteUri, registryService), _ => new Slot());

        // One exchange at a time for each registry; the others find its result.
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slot.Token is { } kept && clock.GetUtcNow() < slot.Until)
            {
                return new RefreshToken(kept, IsFresh: false);
            }

            if (!(await ExchangeAsync(slot, authority, registryService, cancellationToken)).TryGet(out var token, out var failure))
            {
                return failure;
            }

            (slot.Token, slot.Until) = (token, (JwtExpiry.Read(token) ?? clock.GetUtcNow()) - Margin);
            return new RefreshToken(token, IsFresh: true);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Forgets a token the registry no longer takes, unless it has been replaced already.</summary>
    public void Drop(Uri authority, string registryService, string token)
    {
        if (_slots.TryGetValue((authority.AbsoluteUri, registryService), out var slot) && slot.Token == token)
        {
            slot.Token = null;
        }
    }

    public void Dispose()
    {
        foreach (var slot in _slots.Values)
        {
            slot.Gate.Dispose();
        }
    }

    private async Task<RegistryResult<string>> ExchangeAsync(Slot slot, Uri authority, string registryService, CancellationToken cancellationToken)
    {
        var uri = new Uri(authority, "/oauth2/exchange");
        if (!(await AskEntraAsync(uri, null, cancellationToken)).TryGet(out var entra, out var failure))
        {
            return failure;
        }

        var result = await ExchangeAsync(uri, registryService, entra, cancellationToken);
        if (result.IsOk || result.Failure.Status != HttpStatusCode.Unauthorized)
        {
            return result;
        }

        if (clock.GetUtcNow() < slot.ForceFrom)
        {
            return result;
        }

        // The credential keeps a token until it says it is over, whatever the registry thinks of it: ask once for one that is newer.
        logger.TokenRefused(uri.Host);
        var asked = await AskEntraAsync(uri, FresherToken.Claims(entra, clock), cancellationToken);
        if (!asked.TryGet(out var newer, out var none))
        {
            logger.FreshTokenFailed(uri.Host, none.Message);
        }
        else if (newer != entra)
        {
            result = await ExchangeAsync(uri, registryService, newer, cancellationToken);
        }

        // Only what was asked for in vain is not asked for again.
        slot.ForceFrom = result.IsOk ? default : clock.GetUtcNow() + ForcePause;
        return result;
    }

    private async Task<RegistryResult<string>> AskEntraAsync(Uri uri, string? claims, CancellationToken cancellationToken)
    {
        try
        {
            var context = new TokenRequestContext([options.Value.AcrTokenScope], claims: claims, tenantId: options.Value.TenantId);
            return (await credential.GetTokenAsync(context, cancellationToken)).Token;
        }
        catch (Exception failed) when (failed is AuthenticationFailedException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new RegistryFailure(RegistryFailureKind.Unavailable, $"credential-failed: {failed.Message}", $"POST {uri}");
        }
    }

    private Task<RegistryResult<string>> ExchangeAsync(Uri uri, string registryService, string entra, CancellationToken cancellationToken)
    {
        IEnumerable<(string, string)> tenant = options.Value.TenantId is { } id ? [("tenant", id)] : [];
        return service.RequestAsync(
            uri,
            [("grant_type", "access_token"), ("service", registryService), .. tenant, ("access_token", entra)],
            "refresh_token",
            cancellationToken);
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public volatile string? Token;

        public DateTimeOffset Until { get; set; }

        /// <summary>From when the credential may be asked past its cache; read and written behind the gate.</summary>
        public DateTimeOffset ForceFrom { get; set; }
    }
}
