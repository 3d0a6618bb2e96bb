using Gatehouse.Azure.Options;
using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Tokens;

/// <summary>Signs in to the estate's registries: as the identity of the options, or as a registry's own options say. Source: Azure/acr docs/AAD-OAuth.md.</summary>
internal sealed class AcrAuthenticator(
    EstateHosts hosts, RefreshTokens refreshTokens, TokenService service, IOptions<AzureOptions> options, TimeProvider clock, ILogger<AcrAuthenticator> log) : IRegistryAuthenticator
{
    /// <summary>How long before its end a token is no longer used.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>For a token that does not say when it ends. Source: distribution token spec, expires_in.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private static readonly RegistrySignInOptions Entra = new();

    public bool Handles(string host) => hosts.Contains(host);

    public async Task<RegistryResult<AuthGrant>> AuthenticateAsync(AuthDemand demand, CancellationToken cancellationToken)
    {
        var signIn = SignInOf(demand.Host);
        if (demand.Challenges.FirstOrDefault(challenge => challenge.Scheme == "bearer") is not { } challenge)
        {
            if (TokenSignIn.Basic(signIn) is { } basic && demand.Challenges.Any(offered => offered.Scheme == "basic"))
            {
                return new AuthGrant(basic, DateTimeOffset.MaxValue);
            }

            return Broken(demand, $"{demand.Host} asks for none of the schemes used here (bearer)");
        }

        if (Realm(challenge["realm"]) is not { } realm)
        {
            return Broken(demand, $"{demand.Host} sends us for a token to '{challenge["realm"]}', which is not https on a host of the estate");
        }

        var registryService = challenge["service"] ?? demand.Host;
        var result = signIn.Kind is RegistrySignInKind.Token or RegistrySignInKind.Anonymous
            ? Grant(await new TokenSignIn(service).BuyAsync(realm, registryService, demand.Scope, signIn, cancellationToken))
            : await BuyAsync(demand, realm, registryService, cancellationToken);
        if (!result.TryGet(out _, out var failure))
        {
            log.SignInFailed(demand.Host, failure.Kind, failure.ToString());
        }

        return result;
    }

    private static RegistryFailure Broken(AuthDemand demand, string why) => new(RegistryFailureKind.Untrustworthy, why, $"GET {demand.BaseUri}");

    private RegistrySignInOptions SignInOf(string host) =>
        hosts.RegistryOf(host) is { } registry && options.Value.Registries.FirstOrDefault(entry => string.Equals(entry.Key, registry, StringComparison.OrdinalIgnoreCase)).Value is { } configured
            ? configured
            : Entra;

    private RegistryResult<AuthGrant> Grant(RegistryResult<string> bought) => bought.TryGet(out var access, out var failure)
        ? new AuthGrant($"Bearer {access}", JwtExpiry.Read(access) - Margin ?? clock.GetUtcNow() + Shortest)
        : failure;

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
            if (bought.TryGet(out _, out failure))
            {
                return Grant(bought);
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
