using System.Text;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Azure.Tokens;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Tokens;

public class AcrAuthenticatorTests
{
    private const string Unauthorized = """{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":[{"Type":"repository"}]}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Authenticate_FirstTime_ExchangesThenBuysTheScope()
    {
        await using var rig = await TokenRig.StartAsync(tenant: "11111111-2222-3333-4444-555555555555");
        var refresh = rig.Jwt(TimeSpan.FromHours(3), "refresh");
        var access = rig.Jwt(TimeSpan.FromMinutes(75), "access");
        rig.Server.Add(TokenRig.Exchange(200, $$"""{"refresh_token":"{{refresh}}"}"""), TokenRig.Token(200, $$"""{"access_token":"{{access}}"}"""));

        var grant = (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Value;

        Assert.Equal($"Bearer {access}", grant.Header);
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(74), grant.ExpiresAt);
        Assert.Equal(
            "grant_type=access_token&service=contoso.azurecr.io&tenant=11111111-2222-3333-4444-555555555555&access_token=entra-token",
            Body(rig.Server.Requests[0]));
        Assert.Equal(
            $"grant_type=refresh_token&service=contoso.azurecr.io&scope=repository%3Aapp%3Apull&refresh_token={refresh}",
            Body(rig.Server.Requests[1]));
        Assert.All(rig.Server.Requests, request => Assert.Equal("application/x-www-form-urlencoded", request.Header("Content-Type")));
        Assert.All(rig.Server.Requests, request => Assert.Null(request.Authorization));
        Assert.Equal(["https://containerregistry.azure.net/.default"], rig.Credential.Asked.Single().Scopes);
    }

    [Theory]
    [InlineData("a b", "&scope=a&scope=b&")]
    [InlineData(null, "azurecr.io&refresh_token=")]
    public async Task Authenticate_Scopes_AreRepeatedFields(string? scope, string expected)
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(200, """{"refresh_token":"r"}"""), TokenRig.Token(200, """{"access_token":"a"}"""));

        await rig.Authenticator.AuthenticateAsync(rig.Demand(scope: scope), Cancel);

        Assert.Contains(expected, Body(rig.Server.Requests[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authenticate_RefreshToken_IsKeptUntilFiveMinutesBeforeItsEnd()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(200, $$"""{"refresh_token":"{{rig.Jwt(TimeSpan.FromHours(3), "r")}}"}"""), TokenRig.Token(200, """{"access_token":"a"}"""));

        await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel);
        rig.Clock.Advance(TimeSpan.FromMinutes(174));
        await rig.Authenticator.AuthenticateAsync(rig.Demand(scope: "repository:other:pull"), Cancel);
        Assert.Equal(1, rig.Server.Count("POST", "/oauth2/exchange"));

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel);
        Assert.Equal(2, rig.Server.Count("POST", "/oauth2/exchange"));
        Assert.Equal(3, rig.Server.Count("POST", "/oauth2/token"));
    }

    [Fact]
    public async Task Authenticate_ManyAtOnce_ExchangeOnce()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(200, $$"""{"refresh_token":"{{rig.Jwt(TimeSpan.FromHours(3), "r")}}"}"""), TokenRig.Token(200, """{"access_token":"a"}"""));

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => rig.Authenticator.AuthenticateAsync(rig.Demand(scope: $"repository:r{i}:pull"), Cancel)));

        Assert.Equal(1, rig.Server.Count("POST", "/oauth2/exchange"));
        Assert.Equal(16, rig.Server.Count("POST", "/oauth2/token"));
    }

    [Fact]
    public async Task Authenticate_KeptRefreshTokenRevoked_ExchangesAgain()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(
            TokenRig.Exchange(200, $$"""{"refresh_token":"{{rig.Jwt(TimeSpan.FromHours(3), "r")}}"}"""),
            TokenRig.Token(200, """{"access_token":"a"}""") with { Times = 1 },
            TokenRig.Token(401, Unauthorized) with { Times = 1 },
            TokenRig.Token(200, """{"access_token":"b"}"""));

        await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel);
        var grant = (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Value;

        Assert.Equal("Bearer b", grant.Header);
        Assert.Equal(2, rig.Server.Count("POST", "/oauth2/exchange"));
    }

    [Fact]
    public async Task Authenticate_FreshRefreshTokenRefused_IsDeniedAtOnce()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(200, """{"refresh_token":"r"}"""), TokenRig.Token(401, Unauthorized));

        var failure = (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Failure;

        Assert.Equal(RegistryFailureKind.Denied, failure.Kind);
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    /// <summary>Credentials keep a token until it says it is over; the registry may think otherwise, by a clock of its own or because it was revoked.</summary>
    [Fact]
    public async Task Authenticate_ExchangeRefusesTheKeptEntraToken_AsksOnceForANewerOne()
    {
        var credential = new CachingCredential();
        await using var rig = await TokenRig.StartAsync(credential);
        rig.Server.Add(
            TokenRig.Exchange(401, Unauthorized) with { Times = 1 }, TokenRig.Exchange(200, """{"refresh_token":"r"}"""), TokenRig.Token(200, """{"access_token":"a"}"""));

        Assert.Equal("Bearer a", (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Value.Header);

        Assert.Equal([null, """{"access_token":{"nbf":{"essential":true,"value":"1001"}}}"""], credential.Claims);
        Assert.EndsWith($"&access_token={CachingCredential.Token(1)}", Body(rig.Server.Requests[0]), StringComparison.Ordinal);
        Assert.EndsWith($"&access_token={CachingCredential.Token(2)}", Body(rig.Server.Requests[1]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Authenticate_ExchangeRefusesWhateverIsShown_IsDeniedAfterOneMoreTryAtMost(bool takesClaims, int exchanges)
    {
        await using var rig = await TokenRig.StartAsync(new CachingCredential { TakesClaims = takesClaims });
        rig.Server.Add(TokenRig.Exchange(401, Unauthorized));

        Assert.Equal(RegistryFailureKind.Denied, (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Failure.Kind);

        Assert.Equal(exchanges, rig.Server.Requests.Count);
    }

    [Theory]
    [InlineData(401, Unauthorized, RegistryFailureKind.Denied)]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"client with IP '1.2.3.4' is not allowed access"}]}""", RegistryFailureKind.Denied)]
    [InlineData(429, """{"errors":[{"code":"TOOMANYREQUESTS","message":"slow"}]}""", RegistryFailureKind.Throttled)]
    [InlineData(500, "", RegistryFailureKind.Unavailable)]
    [InlineData(503, "<html>", RegistryFailureKind.Unavailable)]
    [InlineData(400, """{"errors":null}""", RegistryFailureKind.Refused)]
    [InlineData(302, "", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, "", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, "[]", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, """{"refresh_token":""}""", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, """{"refresh_token":7}""", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, """{"refresh_token":"two\nlines"}""", RegistryFailureKind.Untrustworthy)]
    public async Task Authenticate_ExchangeFails_SaysWhatIsKnown(int status, string body, RegistryFailureKind kind)
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(status, body, ("Retry-After", "30"), ("Location", "/elsewhere")));

        var failure = (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Failure;

        Assert.Equal(kind, failure.Kind);
        Assert.Equal(status, (int)failure.Status!);
        Assert.DoesNotContain("entra-token", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(rig.Server.Requests);
        if (kind == RegistryFailureKind.Throttled)
        {
            Assert.Equal(TimeSpan.FromSeconds(30), failure.RetryAfter);
            Assert.Equal(["TOOMANYREQUESTS"], failure.Codes);
        }
    }

    [Fact]
    public async Task Authenticate_RegistryUnreachable_IsUnavailable()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(new ScriptStep("*", "*") { Fail = true });

        Assert.Equal(RegistryFailureKind.Unavailable, (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Failure.Kind);
    }

    [Fact]
    public async Task Authenticate_NoIdentity_IsUnavailable()
    {
        await using var rig = await TokenRig.StartAsync(entraToken: null);

        var failure = (await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel)).Failure;

        Assert.Equal(RegistryFailureKind.Unavailable, failure.Kind);
        Assert.Contains("no identity here", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/oauth2/token")]
    [InlineData("http://contoso.azurecr.io/oauth2/token")]
    [InlineData("oauth2/token")]
    [InlineData("")]
    public async Task Authenticate_RealmOutsideTheEstate_GetsNoToken(string realm)
    {
        await using var rig = await TokenRig.StartAsync();

        var failure = (await rig.Authenticator.AuthenticateAsync(rig.Demand(realm), Cancel)).Failure;

        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Empty(rig.Credential.Asked);
        Assert.Empty(rig.Server.Requests);
    }

    [Fact]
    public async Task Authenticate_OnlyBasicOffered_IsUntrustworthy()
    {
        await using var rig = await TokenRig.StartAsync();

        Assert.Equal(RegistryFailureKind.Untrustworthy, (await rig.Authenticator.AuthenticateAsync(rig.Demand(scheme: "basic"), Cancel)).Failure.Kind);
    }

    [Fact]
    public void Handles_EstateHosts_AndNobodyElse()
    {
        var estate = new TokenRig.StubEstate("contoso.azurecr.io");
        var hosts = new EstateHosts(estate);

        Assert.True(hosts.Contains("contoso.azurecr.io"));
        Assert.True(hosts.Contains("Contoso.azurecr.IO"));
        Assert.True(hosts.Contains("we.contoso.azurecr.io"));
        Assert.False(hosts.Contains("fabrikam.azurecr.io"));
        Assert.False(hosts.Contains("contoso.azurecr.io:8443"));
        Assert.Equal(1, estate.Reads);
    }

    /// <summary>A registry of another tenant refuses for good: the endpoint of the identity must not be asked past its cache by every call.</summary>
    [Fact]
    public async Task Authenticate_ExchangeRefusesForGood_AsksForAFreshTokenOnceInFiveMinutes()
    {
        var credential = new CachingCredential();
        await using var rig = await TokenRig.StartAsync(credential);
        rig.Server.Add(TokenRig.Exchange(401, Unauthorized));
        await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel);
        Assert.Equal((2, 1), Counts());

        rig.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(RegistryFailureKind.Denied, (await rig.Authenticator.AuthenticateAsync(rig.Demand(scope: "repository:other:pull"), Cancel)).Failure.Kind);
        Assert.Equal((3, 1), Counts());

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.Authenticator.AuthenticateAsync(rig.Demand(), Cancel);
        Assert.Equal((5, 2), Counts());

        (int Exchanges, int Forced) Counts() => (rig.Server.Count("POST", "/oauth2/exchange"), credential.Claims.Count(claims => claims is not null));
    }

    private static string Body(RecordedRequest request) => Encoding.UTF8.GetString(request.Body.Span);

    [Fact]
    public async Task Authenticate_Refused_KeepsTheIdsOfBothSides()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(401, """{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}""", ("X-Ms-Correlation-Request-Id", "c-1")));

        var failure = (await rig.Authenticator.AuthenticateAsync(rig.Demand(), TestContext.Current.CancellationToken)).Failure;

        Assert.Equal(("c-1", rig.Server.Requests.Single().Header("x-ms-client-request-id")), (failure.RequestId, failure.ClientRequestId));
    }

    [Fact]
    public async Task Authenticate_RemainingSignIns_AreMeasured()
    {
        await using var rig = await TokenRig.StartAsync();
        rig.Server.Add(TokenRig.Exchange(429, string.Empty, ("x-ms-ratelimit-remaining-calls-per-second", "166.65"), ("Retry-After", "60")));
        var measured = new List<(string? Class, double Value)>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "gatehouse.registry.remaining")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (tags[0].Value as string == rig.Server.Host)
            {
                lock (measured)
                {
                    measured.Add((tags[1].Value as string, value));
                }
            }
        });
        listener.Start();

        await rig.Authenticator.AuthenticateAsync(rig.Demand(), TestContext.Current.CancellationToken);

        Assert.Equal([("oauth", 166.65)], measured);
    }
}
