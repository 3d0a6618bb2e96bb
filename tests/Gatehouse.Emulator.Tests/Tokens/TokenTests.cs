using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Tokens;

public sealed class TokenTests
{
    [Theory]
    [InlineData("GET", "/v2/library/hello-world/manifests/1", "repository:library/hello-world:pull", "pull")]
    [InlineData("PUT", "/v2/library/hello-world/manifests/1", "repository:library/hello-world:pull,push", "pull")]
    [InlineData("DELETE", "/v2/library/hello-world/manifests/1", "repository:library/hello-world:delete", "delete")]
    [InlineData("GET", "/acr/v1/library%2Fhello-world/_tags", "repository:library/hello-world:metadata_read", "metadata_read")]
    [InlineData("PATCH", "/acr/v1/library/hello-world", "repository:library/hello-world:metadata_write", "metadata_write")]
    [InlineData("DELETE", "/acr/v1/library/hello-world/_tags/1", "repository:library/hello-world:delete", "delete")]
    public async Task Challenge_OfACall_NamesItsScope(string method, string path, string scope, string action)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), $"http://{emulator.Other.Endpoint}{path}");
        using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(
            $"Bearer realm=\"http://{emulator.Other.Endpoint}/oauth2/token\",service=\"{emulator.Registry.LoginServer}\",scope=\"{scope}\"",
            response.Headers.WwwAuthenticate.Single().ToString());
        Assert.Equal("registry/2.0", response.Headers.GetValues("Docker-Distribution-Api-Version").Single());
        Assert.True(response.Headers.Contains("X-Ms-Correlation-Request-Id"));
        var error = (await AcrClient.JsonAsync(response)).GetProperty("errors")[0];
        Assert.Equal("UNAUTHORIZED", error.GetProperty("code").GetString());
        var detail = error.GetProperty("detail")[0];
        Assert.Equal(("repository", "library/hello-world", action), (detail.GetProperty("Type").GetString(), detail.GetProperty("Name").GetString(), detail.GetProperty("Action").GetString()));
    }

    [Fact]
    public async Task Challenge_OfThePing_HasNoScope()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await emulator.Http.GetAsync(new Uri($"http://{emulator.Registry.LoginServer}/v2/"), TestEmulator.Token);
        Assert.DoesNotContain("scope", response.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await emulator.AtHome().StatusAsync(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task AccessToken_OfOneRegion_IsGoodInAll_ForItsScopeOnly()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var acr = emulator.AtHome();
        await acr.PushImageAsync("app", "1", "one");
        var token = await acr.AccessTokenAsync("repository:app:pull");
        Assert.Equal(HttpStatusCode.OK, await WithAsync(emulator, new AuthenticationHeaderValue("Bearer", token), HttpMethod.Get, $"http://{emulator.Other.Endpoint}/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, new AuthenticationHeaderValue("Bearer", token), HttpMethod.Get, $"http://{acr.Endpoint}/acr/v1/app"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, new AuthenticationHeaderValue("Bearer", token), HttpMethod.Delete, $"http://{acr.Endpoint}/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, new AuthenticationHeaderValue("Bearer", token), HttpMethod.Get, $"http://{acr.Endpoint}/v2/other/manifests/1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, new AuthenticationHeaderValue("Bearer", token[..^2] + "xx"), HttpMethod.Get, $"http://{acr.Endpoint}/v2/app/manifests/1"));
    }

    [Fact]
    public async Task AccessToken_AfterItsLife_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync(manual: true);
        var acr = emulator.AtHome();
        await acr.PushImageAsync("app", "1", "one");
        var header = new AuthenticationHeaderValue("Bearer", await acr.AccessTokenAsync("repository:app:pull"));
        emulator.Manual.Advance(TimeSpan.FromMinutes(74));
        Assert.Equal(HttpStatusCode.OK, await WithAsync(emulator, header, HttpMethod.Get, $"http://{acr.Endpoint}/v2/app/manifests/1"));
        emulator.Manual.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, header, HttpMethod.Get, $"http://{acr.Endpoint}/v2/app/manifests/1"));
    }

    [Theory]
    [InlineData("https://management.azure.com", "https://management.azure.com")]
    [InlineData("https://contoso.azurecr.io", "https://contoso.azurecr.io")]
    public async Task Exchange_OfATokenForAnotherAudience_IsRefused(string resource, string audience)
    {
        await using var emulator = await TestEmulator.StartAsync();
        Assert.NotEqual("https://containerregistry.azure.net", audience);
        using var response = await emulator.AtHome().FormAsync(
            "/oauth2/exchange",
            ("grant_type", "access_token"),
            ("service", emulator.Registry.LoginServer),
            ("access_token", await AcrClient.EntraTokenAsync(emulator, resource)));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Exchange_ForAnotherService_IsRefused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await emulator.AtOther().FormAsync(
            "/oauth2/exchange",
            ("grant_type", "access_token"),
            ("service", emulator.Other.Endpoint),
            ("access_token", await AcrClient.EntraTokenAsync(emulator, "https://containerregistry.azure.net")));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Login_WithARefreshToken_WorksAsDockerDoesIt()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var refresh = await emulator.AtHome().RefreshTokenAsync();
        Assert.Equal(HttpStatusCode.OK, await WithAsync(emulator, Basic("00000000-0000-0000-0000-000000000000", refresh), HttpMethod.Get, TokenUrl(emulator, "repository:app:pull")));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, Basic("00000000-0000-0000-0000-000000000000", "no"), HttpMethod.Get, TokenUrl(emulator, "repository:app:pull")));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(emulator, Basic("robot", "wrong"), HttpMethod.Get, TokenUrl(emulator, "repository:app:pull")));
    }

    [Fact]
    public async Task Credential_LimitedToRepositories_IsDeniedElsewhere()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.AtHome().PushImageAsync("team/app", "1", "one");
        await emulator.AtHome().PushImageAsync("other", "1", "one");
        var endpoint = $"http://{emulator.Registry.LoginServer}";
        var basic = Basic("reader", "reader-word");
        Assert.Equal(HttpStatusCode.OK, await WithAsync(emulator, basic, HttpMethod.Get, endpoint + "/v2/team/app/manifests/1"));
        Assert.Equal(HttpStatusCode.Forbidden, await WithAsync(emulator, basic, HttpMethod.Get, endpoint + "/v2/other/manifests/1"));
        Assert.Equal(HttpStatusCode.Forbidden, await WithAsync(emulator, basic, HttpMethod.Delete, endpoint + "/v2/team/app/manifests/1"));
    }

    [Fact]
    public async Task AnonymousPull_WhenOn_GrantsPullOnly()
    {
        await using var emulator = await TestEmulator.StartAsync(options: path => TestEmulator.Options(path, anonymousPull: true));
        await emulator.AtHome().PushImageAsync("app", "1", "one");
        using var response = await emulator.Http.GetAsync(new Uri(TokenUrl(emulator, "repository:app:pull,push")), TestEmulator.Token);
        var token = new AuthenticationHeaderValue("Bearer", (await AcrClient.JsonAsync(response)).GetProperty("access_token").GetString());
        Assert.Equal(HttpStatusCode.OK, await WithAsync(emulator, token, HttpMethod.Get, $"http://{emulator.Registry.LoginServer}/v2/app/manifests/1"));
        Assert.Equal(HttpStatusCode.Forbidden, await WithAsync(emulator, token, HttpMethod.Post, $"http://{emulator.Registry.LoginServer}/v2/app/blobs/uploads/"));
    }

    [Fact]
    public async Task AnonymousPull_WhenOff_GetsNoToken()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var response = await emulator.Http.GetAsync(new Uri(TokenUrl(emulator, "repository:app:pull")), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task IdentityEndpoint_WithoutItsHeader_IsClosed()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var url = $"{emulator.Host.IdentityEndpoint}?resource=https://management.azure.com&api-version=2019-08-01";
        using var refused = await emulator.Http.GetAsync(new Uri(url), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, url + "&client_id=me");
        request.Headers.Add("X-IDENTITY-HEADER", emulator.Host.IdentityHeader);
        using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        var body = await AcrClient.JsonAsync(response);
        Assert.Equal(("me", "Bearer", "https://management.azure.com"), (body.GetProperty("client_id").GetString(), body.GetProperty("token_type").GetString(), body.GetProperty("resource").GetString()));
        Assert.True(long.Parse(body.GetProperty("expires_on").GetString()!) > emulator.Clock.GetUtcNow().ToUnixTimeSeconds());
    }

    private static string TokenUrl(TestEmulator emulator, string scope) => $"http://{emulator.Registry.LoginServer}/oauth2/token?service={emulator.Registry.LoginServer}&scope={scope}";

    private static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static async Task<HttpStatusCode> WithAsync(TestEmulator emulator, AuthenticationHeaderValue header, HttpMethod method, string url)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = header;
        using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        return response.StatusCode;
    }
}
