using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Client;

public sealed class AuthenticationTests
{
    private static readonly byte[] Manifest = RegistryFixture.Manifest();

    [Fact]
    public async Task Head_AfterChallenge_FetchesOneTokenAndUsesItAhead()
    {
        await using var fixture = await StartAsync();
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal(["HEAD", "GET", "HEAD"], fixture.Server.Requests.Select(request => request.Method));
        Assert.Equal("?service=reg&scope=repository%3Aapp%3Apull", fixture.Server.Requests[1].Query);
        Assert.Null(fixture.Server.Requests[1].Authorization);

        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal(4, fixture.Server.Requests.Count);
        Assert.Equal("Bearer t1", fixture.Server.Requests[3].Authorization);
    }

    [Fact]
    public async Task Head_OfAnotherRepository_FetchesItsTokenWithoutBeingAsked()
    {
        await using var fixture = await StartAsync();
        await HeadAsync(fixture);
        Assert.True((await HeadAsync(fixture, "other")).IsOk);
        Assert.Equal(["GET /token", "HEAD /v2/other/manifests/v1"], fixture.Server.Requests.Skip(3).Select(request => $"{request.Method} {request.Path}"));
        Assert.Contains("repository%3Aother%3Apull", fixture.Server.Requests[3].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_TokenNearItsEnd_FetchesAnotherFirst()
    {
        await using var fixture = await StartAsync();
        await HeadAsync(fixture);
        fixture.Clock.Advance(TimeSpan.FromSeconds(49));
        await HeadAsync(fixture);
        Assert.Equal(1, fixture.Server.Count("GET", "/token"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        await HeadAsync(fixture);
        Assert.Equal(2, fixture.Server.Count("GET", "/token"));
        Assert.Equal(4, fixture.Server.Count("HEAD", "/v2/app/manifests/v1"));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Call_TokenServiceNotThere_SaysNothingOfTheImage(int status)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(
            ScriptStep.Reply("*", "/v2/*", 401, ("WWW-Authenticate", $"Bearer realm=\"{fixture.Server.BaseUri}token\",service=\"reg\"")),
            ScriptStep.Reply("GET", "/token", status));

        Assert.Equal(RegistryFailureKind.Refused, (await HeadAsync(fixture)).Failure.Kind);

        // Ahead of the call, with the challenge known.
        Assert.Equal(RegistryFailureKind.Refused, (await HeadAsync(fixture)).Failure.Kind);
        var referrers = await fixture.Client.ListReferrersAsync("app", Core.Images.Digest.OfBytes(Manifest), TestContext.Current.CancellationToken);
        Assert.Equal(RegistryFailureKind.Refused, referrers.Failure.Kind);
    }

    [Fact]
    public async Task Head_ManyAtOnce_ShareOneTokenRequest()
    {
        await using var fixture = await StartAsync();
        await HeadAsync(fixture);
        fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => HeadAsync(fixture)));
        Assert.Equal(2, fixture.Server.Count("GET", "/token"));
    }

    [Fact]
    public async Task Head_TokenNoLongerTaken_IsReplacedOnce()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        var head = ScriptStep.Reply("HEAD", "/v2/app/manifests/v1", 200, RegistryFixture.ManifestHeaders(Manifest));
        fixture.Server.Add(
            ScriptStep.Get("/token", """{"token":"t1"}""") with { Times = 1 },
            ScriptStep.Get("/token", """{"token":"t2"}"""),
            head with { When = request => request.Authorization == "Bearer t1", Times = 1 },
            head with { When = request => request.Authorization == "Bearer t2" },
            Challenge(fixture.Server));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal(2, fixture.Server.Count("GET", "/token"));
    }

    [Fact]
    public async Task Head_TokenNeverTaken_IsDeniedAfterOneRetry()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(ScriptStep.Get("/token", """{"token":"t"}"""), Challenge(fixture.Server));
        var failure = (await HeadAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Denied, failure.Kind);
        Assert.Equal(2, fixture.Server.Count("HEAD", "/v2/app/manifests/v1"));
    }

    [Fact]
    public async Task Head_WithCredentials_GivesThemToTheTokenServiceOnly()
    {
        await using var fixture = await StartAsync((options, host) => options.Upstreams[host] = new UpstreamOptions { Username = "bob", Password = "pw" });
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal("Basic Ym9iOnB3", fixture.Server.Requests.Single(request => request.Path == "/token").Authorization);
        Assert.All(fixture.Server.Requests.Where(request => request.Path != "/token"), request => Assert.NotEqual("Basic Ym9iOnB3", request.Authorization));
    }

    [Fact]
    public async Task Head_DoubleChallenge_PrefersBearer()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(
            ScriptStep.Get("/token", """{"token":"t1"}"""),
            ScriptStep.Reply("HEAD", "*", 200, RegistryFixture.ManifestHeaders(Manifest)) with { When = request => request.Authorization == "Bearer t1" },
            ScriptStep.Reply("HEAD", "*", 401, ("WWW-Authenticate", $"Basic realm=\"x\", Bearer realm={fixture.Server.BaseUri}token, service=reg")));
        Assert.True((await HeadAsync(fixture)).IsOk);
    }

    [Fact]
    public async Task Head_BasicChallenge_SendsConfiguredCredentials()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            (options, host) => options.Upstreams[host] = new UpstreamOptions { Username = "AWS", Password = "x" },
            ScriptStep.Reply("HEAD", "*", 200, RegistryFixture.ManifestHeaders(Manifest)) with { When = request => request.Authorization == "Basic QVdTOng=" },
            ScriptStep.Reply("HEAD", "*", 401, ("WWW-Authenticate", "Basic realm=\"ecr\"")));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.True((await HeadAsync(fixture, "other")).IsOk);
        Assert.Equal(3, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task Head_BasicChallengeWithoutCredentials_NamesTheKey()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 401, ("WWW-Authenticate", "Basic realm=\"r\"")));
        var failure = (await HeadAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Denied, failure.Kind);
        Assert.Contains($"Gatehouse:Registry:Upstreams:{fixture.Server.Host}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_ForeignRealmWithCredentials_SendsNothingThere()
    {
        await using var fixture = await RegistryFixture.StartAsync(
            (options, host) => options.Upstreams[host] = new UpstreamOptions { Username = "bob", Password = "secret" },
            ScriptStep.Reply("HEAD", "*", 401, ("WWW-Authenticate", "Bearer realm=\"https://tokens.example.com/token\"")));
        var looked = false;
        fixture.OnLookup = _ => looked = true;
        var failure = (await HeadAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Contains("tokens.example.com", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.False(looked);
    }

    [Fact]
    public async Task Head_ForeignRealmAtPrivateAddress_IsNotConnectedTo()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 401, ("WWW-Authenticate", "Bearer realm=\"https://tokens.example.com/token\"")));
        fixture.Names["tokens.example.com"] = [System.Net.IPAddress.Parse("8.8.8.8"), System.Net.IPAddress.Parse("10.0.0.1")];
        var failure = (await HeadAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Contains("10.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "", RegistryFailureKind.Denied)]
    [InlineData(429, "", RegistryFailureKind.Throttled)]
    [InlineData(200, "<html>", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, "{}", RegistryFailureKind.Untrustworthy)]
    [InlineData(200, """{"token":"a\r\nb: c"}""", RegistryFailureKind.Untrustworthy)]
    [InlineData(302, "", RegistryFailureKind.Untrustworthy)]
    public async Task Head_TokenServiceFails_FailsTheCall(int status, string body, RegistryFailureKind expected)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(ScriptStep.Get("/token", body) with { Status = status }, Challenge(fixture.Server));
        Assert.Equal(expected, (await HeadAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task ListTags_ChallengeNamesAnotherScope_AsksForThatAndRemembers()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(
            ScriptStep.Get("/token", """{"token":"m"}""") with { When = request => request.Query.Contains("metadata_read", StringComparison.Ordinal) },
            ScriptStep.Get("/v2/app/tags/list", """{"tags":["a"]}""") with { When = request => request.Authorization == "Bearer m" },
            ScriptStep.Reply("GET", "/v2/app/tags/list", 401, ("WWW-Authenticate", $"Bearer realm=\"{fixture.Server.BaseUri}token\",scope=\"repository:app:metadata_read\"")));
        Assert.Equal(["a"], (await fixture.Client.ListTagsAsync("app", TestContext.Current.CancellationToken)).Value);
        Assert.Equal(["a"], (await fixture.Client.ListTagsAsync("app", TestContext.Current.CancellationToken)).Value);
        Assert.Equal(4, fixture.Server.Requests.Count);
    }

    private static Task<RegistryResult<ManifestHead>> HeadAsync(RegistryFixture fixture, string repository = "app") =>
        fixture.Client.HeadManifestAsync(repository, "v1", TestContext.Current.CancellationToken);

    private static ScriptStep Challenge(ScriptedServer server) => new("HEAD", "*")
    {
        Answer = request => ScriptStep.Reply("HEAD", "*", 401, ("WWW-Authenticate", $"Bearer realm=\"{server.BaseUri}token\",service=\"reg\",scope=\"repository:{request.Path.Split('/')[2]}:pull\"")),
    };

    private static async Task<RegistryFixture> StartAsync(Action<RegistryOptions, string>? configure = null)
    {
        var fixture = await RegistryFixture.StartAsync(configure ?? ((_, _) => { }));
        fixture.Server.Add(
            ScriptStep.Get("/token", """{"token":"t1"}"""),
            ScriptStep.Reply("HEAD", "*", 200, RegistryFixture.ManifestHeaders(Manifest)) with { When = request => request.Authorization == "Bearer t1" },
            Challenge(fixture.Server));
        return fixture;
    }
}
