using Gatehouse.Registry.Auth;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure.Adapters;

/// <summary>Buying an access token of a registry with a refresh token that is kept: the tokens go in the body, so plain HTTP will do on loopback.</summary>
internal static class TokenPair
{
    private const string Service = "contoso.azurecr.io";
    private const string Scope = "repository:docker.io/library/nginx:pull";
    private const string Headers =
        "X-Ms-Correlation-Request-Id: 7f4e2d1c-9b8a-4c6d-8e5f-1a2b3c4d5e6f\r\nx-ms-ratelimit-remaining-calls-per-second: 166.65\r\n"
        + "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

    public static CallPair BuyAccess()
    {
        var refresh = SampleTokens.Jwt("refresh_token");
        var server = new CannedServer()
            .With(CannedAnswer.Json("/oauth2/token", Headers, $$"""{"access_token":"{{SampleTokens.Jwt("access_token")}}"}"""))
            .With(CannedAnswer.Json("/oauth2/exchange", Headers, $$"""{"refresh_token":"{{refresh}}"}"""));
        var (host, realm) = (server.Uri.Authority, new Uri(server.Uri, "oauth2/token"));
        var services = AzureAdapters.Connect(AzureAdapters.Registry(host));
        var authenticator = services.GetServices<IRegistryAuthenticator>().First(candidate => candidate.Handles(host));
        var challenge = new AuthChallenge("bearer", new Dictionary<string, string> { ["realm"] = realm.AbsoluteUri, ["service"] = Service });
        var demand = new AuthDemand(host, server.Uri, [challenge], Scope);
        var client = BareClient.Create();
        return new CallPair(
            new("buying a registry's access token", async token => _ = (await authenticator.AuthenticateAsync(demand, token)).Value),
            BareClient.Post(
                "bare POST of the same form",
                client,
                realm,
                $"grant_type=refresh_token&service={Service}&scope={Uri.EscapeDataString(Scope)}&refresh_token={refresh}",
                "application/x-www-form-urlencoded"),
            null,
            client,
            services,
            server);
    }
}
