using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;

namespace Gatehouse.Registry.Auth;

/// <summary>Bearer tokens by GET, and Basic; for every host no other authenticator handles. Source: distribution token authentication specification.</summary>
internal sealed class TokenAuthenticator(RegistryHttp http, RegistryOptions options, RetryDelays delays, TimeProvider clock) : IRegistryAuthenticator
{
    private const int MaxTokenBytes = 64 * 1024;

    public bool Handles(string host) => true;

    public Task<RegistryResult<AuthGrant>> AuthenticateAsync(AuthDemand demand, CancellationToken cancellationToken)
    {
        var upstream = options.FindUpstream(demand.Host);
        var bearer = demand.Challenges.FirstOrDefault(challenge => challenge.Scheme == "bearer" && challenge["realm"] is not null);
        if (bearer is not null)
        {
            return BearerAsync(demand, bearer, upstream, cancellationToken);
        }

        return Task.FromResult(demand.Challenges.Any(challenge => challenge.Scheme == "basic") ? Basic(demand, upstream) : Denied(demand, "asks for no kind of authentication that is known here"));
    }

    private static RegistryResult<AuthGrant> Basic(AuthDemand demand, UpstreamOptions? upstream) => BasicHeader(upstream) is { } header
        ? new AuthGrant(header.ToString(), DateTimeOffset.MaxValue)
        : Denied(demand, $"asks for a user and password, and none are set at {RegistryOptions.Section}:Upstreams:{demand.Host}");

    private static RegistryFailure Denied(AuthDemand demand, string why) =>
        new(RegistryFailureKind.Denied, $"the registry {why}", Failures.Line(HttpMethod.Get, demand.BaseUri), HttpStatusCode.Unauthorized);

    private static AuthenticationHeaderValue? BasicHeader(UpstreamOptions? upstream) => string.IsNullOrEmpty(upstream?.Username)
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{upstream.Username}:{upstream.Password}")));

    private async Task<RegistryResult<AuthGrant>> BearerAsync(AuthDemand demand, AuthChallenge bearer, UpstreamOptions? upstream, CancellationToken cancellationToken)
    {
        var base401 = Failures.Line(HttpMethod.Get, demand.BaseUri);
        if (!Uri.TryCreate(bearer["realm"], UriKind.Absolute, out var realm) || realm.Scheme is not ("http" or "https") || !RegistryAddress.TryParse(demand.Host, out var registry))
        {
            return Failures.Untrustworthy(base401, "the token realm is not an absolute http URL");
        }

        var trust = RealmRules.Judge(registry, realm, upstream);
        if (trust == RealmTrust.Refused)
        {
            return Failures.Untrustworthy(base401, $"the token realm is at {realm.GetLeftPart(UriPartial.Path)}; nothing is sent there unless {RegistryOptions.Section}:Upstreams:{demand.Host}:AllowedRealms names it");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, TokenUri(realm, bearer["service"], demand.Scope));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.Authorization = trust == RealmTrust.Trusted ? BasicHeader(upstream) : null;
        return await FetchAsync(demand.Host, request, trust == RealmTrust.AnonymousOnly || !options.MayBePrivate(demand.Host), cancellationToken);
    }

    private static Uri TokenUri(Uri realm, string? service, string? scope)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        Append("service", service);
        foreach (var entry in scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            Append("scope", entry);
        }

        return new UriBuilder(realm) { Query = query.ToString(), Fragment = string.Empty }.Uri;

        void Append(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length > 0 ? "&" : string.Empty).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    private async Task<RegistryResult<AuthGrant>> FetchAsync(string host, HttpRequestMessage request, bool publicOnly, CancellationToken cancellationToken)
    {
        var line = Failures.Line(request.Method, request.RequestUri!);
        using var timeout = new CancellationTokenSource(options.RequestTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(host, request, publicOnly, both.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                var error = await BoundedBody.ReadPrefixAsync(response.Content, 2048, both.Token);
                return Failures.OfStatus(line, response.StatusCode, error, delays.Asked(response)) with { RequestId = CallIds.Read(response) };
            }

            return Read(line, await BoundedBody.ReadAsync(response.Content, MaxTokenBytes, both.Token));
        }
        catch (Exception e) when (TransportFaults.Explain(e, line, cancellationToken) is { } fault)
        {
            return fault.Failure;
        }
    }

    private RegistryResult<AuthGrant> Read(string line, byte[] body)
    {
        try
        {
            var response = JsonSerializer.Deserialize(body, TokenJson.Default.TokenResponse);
            var token = response?.Value;
            if (string.IsNullOrEmpty(token) || token.Any(c => c is <= ' ' or > '~'))
            {
                return Failures.Untrustworthy(line, "the token service answered without a usable token");
            }

            return new AuthGrant("Bearer " + token, response!.ExpiresAt(clock.GetUtcNow()));
        }
        catch (JsonException)
        {
            return Failures.Untrustworthy(line, "the token service's answer is not the JSON expected");
        }
    }
}
