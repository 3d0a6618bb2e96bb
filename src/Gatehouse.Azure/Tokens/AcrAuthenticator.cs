using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Tokens;

/// <summary>Signs in to the estate's registries as the identity of the options. Source: Azure/acr docs/AAD-OAuth.md.</summary>
internal sealed class AcrAuthenticator(EstateHosts hosts, RefreshTokens refreshTokens, TokenService service, TimeProvider clock, ILogger<AcrAuthenticator> log)
    : IRegistryAuthenticator
{
    /// <summary>How long before its end a token is no longer used.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>For a token that does not say when it ends. Source: distribution token spec, expires_in.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    public bool Handles(string host) => hosts.Contains(host);

    public async Task<RegistryResult<AuthGrant>> AuthenticateAsync(AuthDemand demand, CancellationToken cancellationToken)
    {
        if (demand.Challenges.FirstOrDefault(challenge => challenge.Scheme == "bearer") is not { } challenge)
        {
            return Broken(demand, $"{demand.Host} asks for none of the schemes used here (bearer)");
        }

        if (Realm(challenge["realm"]) is not { } realm)
        {
            return Broken(demand, $"{demand.Host} sends us for a token to '{challenge["realm"]}', which is not https on a host of the estate");
        }

        var registryService = challenge["service"] ?? demand.Host;
        var result = await BuyAsync(demand, realm, registryService, cancellationToken);
        if (!result.TryGet(out _, out var failure))
        {
            log.SignInFailed(demand.Host, failure.Kind, failure.ToString());
        }

        return result;
    }

    private static RegistryFailure Broken(AuthDemand demand, string why) => new(RegistryFailureKind.Untrustworthy, why, $"GET {demand.BaseUri}");

    private async Task<RegistryResult<AuthGrant>> BuyAsync(AuthDemand demand, Uri realm, string registryService, CancellationToken cancellationToken)
    {
        var authority = new Uri(realm.GetLeftPart(UriPartial.Authority));
        while (true)
        {
            if (!(await refreshTokens.GetAsync(authority, registryService, cancellationToken)).TryGet(out var refresh, out var failure))
            {
                return failure;
            }

            var bought = await service.RequestAsync(realm, Form(demand, registryService, refresh.Value), "access_token", cancellationToken);
            if (bought.TryGet(out var access, out failure))
            {
                return new AuthGrant($"Bearer {access}", JwtExpiry.Read(access) - Margin ?? clock.GetUtcNow() + Shortest);
            }

            // A kept refresh token may have been revoked meanwhile; a new one settles whether we are denied.
            if (failure.Kind != RegistryFailureKind.Denied || refresh.IsFresh)
            {
                return failure;
            }

            refreshTokens.Drop(authority, registryService, refresh.Value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Form(AuthDemand demand, string registryService, string refresh)
    {
        yield return ("grant_type", "refresh_token");
        yield return ("service", registryService);
        foreach (var scope in demand.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            yield return ("scope", scope);
        }

        yield return ("refresh_token", refresh);
    }

    /// <summary>Tokens go to the estate's own hosts only, and over TLS unless on loopback.</summary>
    private Uri? Realm(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var realm)
        && (realm.Scheme == Uri.UriSchemeHttps || (realm.Scheme == Uri.UriSchemeHttp && Http.Loopback.IsHost(realm.Host)))
        && realm.UserInfo.Length == 0
        && hosts.Contains(realm.Authority)
            ? realm
            : null;
}
