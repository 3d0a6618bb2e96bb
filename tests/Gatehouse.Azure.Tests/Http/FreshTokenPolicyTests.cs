using System.Text;
using Azure.Core;
using Gatehouse.Azure.Tests.Arm;
using Gatehouse.Core.Estate.Control;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Http;

/// <summary>What becomes of a token that the service no longer takes. Azure.Core and the credential's own cache would both keep it.</summary>
public class FreshTokenPolicyTests
{
    private const string Body = """{"id":"/x","name":"contoso","properties":{"loginServer":"contoso.azurecr.io"}}""";
    private const string Invalid = """Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="The access token is invalid." """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ExpiredAuthenticationToken", Invalid)]
    [InlineData("InvalidAuthenticationToken", Invalid)]
    [InlineData("InvalidAuthenticationToken", null)]
    public async Task Refused_Token_IsReplacedByAFreshOneOnce(string code, string? challenge)
    {
        var credential = new CachingCredential();
        await using var rig = await ArmRig.StartAsync(credential, null, null, Refuse(code, challenge) with { Times = 1 }, ScriptStep.Get(ArmRig.Id, Body));

        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);

        Assert.Equal([CachingCredential.Token(1), CachingCredential.Token(2)], rig.Server.Requests.Select(request => request.Authorization!["Bearer ".Length..]));
        Assert.Equal([null, """{"access_token":{"nbf":{"essential":true,"value":"1001"}}}"""], credential.Claims);
        Assert.Equal(["TokenRefused"], rig.Logs.Entries.Select(entry => entry.Event));
    }

    [Fact]
    public async Task Refused_AfterwardsTheFreshToken_IsKept()
    {
        var credential = new CachingCredential();
        await using var rig = await ArmRig.StartAsync(credential, null, null, Refuse("ExpiredAuthenticationToken", Invalid) with { Times = 1 }, ScriptStep.Get(ArmRig.Id, Body));

        for (var i = 0; i < 3; i++)
        {
            Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);
        }

        // Azure.Core asks the credential again without the claims; that is answered from the credential's cache, which has the fresh one by now.
        Assert.Single(credential.Claims, claims => claims is not null);
        Assert.Equal(CachingCredential.Token(2), rig.Server.Requests[^1].Authorization!["Bearer ".Length..]);
    }

    [Fact]
    public async Task Refused_AgainLater_IsReplacedAgain()
    {
        var credential = new CachingCredential();
        await using var rig = await ArmRig.StartAsync(credential, null, null, new ScriptStep("GET", ArmRig.Id)
        {
            Answer = request => request.Authorization!.EndsWith(CachingCredential.Token(3), StringComparison.Ordinal) ? ScriptStep.Get(ArmRig.Id, Body) : Refuse("ExpiredAuthenticationToken", Invalid),
        });

        Assert.Equal(401, Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error).Status);
        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);
        Assert.Equal([1, 2, 2, 3], rig.Server.Requests.Select(request => CachingCredential.Number(request.Authorization!)));
    }

    [Fact]
    public async Task Refused_ForGood_IsTwoRequestsAndThenAFailure()
    {
        await using var rig = await ArmRig.StartAsync(new CachingCredential(), options => options.MaxRetries = 3, null, Refuse("ExpiredAuthenticationToken", Invalid));

        var failure = Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);

        Assert.Equal(("ExpiredAuthenticationToken", 401, true), (failure.Code, failure.Status, failure.IsTransient));
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task Challenged_WithClaims_IsAnsweredByAzureCoreWithThem()
    {
        var claims = """{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}""";
        var challenge = $"""Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims))}" """;
        var credential = new CachingCredential();
        await using var rig = await ArmRig.StartAsync(credential, null, null, Refuse("InvalidAuthenticationToken", challenge));

        Assert.Equal(401, Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error).Status);

        // The token was made for the challenge: there is none fresher to try.
        Assert.Equal([null, claims], credential.Claims);
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    /// <summary>A pause is for tokens forced in vain; keys that are rolled three times in five minutes are no such.</summary>
    [Fact]
    public async Task Refused_AgainAndAgainWhereTheFreshOneHelps_IsReplacedEveryTime()
    {
        var steps = Enumerable.Range(0, 4).SelectMany(_ => new[] { Refuse("ExpiredAuthenticationToken", Invalid) with { Times = 1 }, ScriptStep.Get(ArmRig.Id, Body) with { Times = 1 } });
        await using var rig = await ArmRig.StartAsync(new CachingCredential(), null, null, [.. steps]);

        for (var i = 0; i < 4; i++)
        {
            Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);
        }
    }

    [Fact]
    public async Task Refused_CredentialThatCannotRefresh_LeavesTheRefusalAsItIs()
    {
        await using var rig = await ArmRig.StartAsync(new CachingCredential { TakesClaims = false }, null, null, Refuse("InvalidAuthenticationToken", Invalid));

        Assert.Equal("InvalidAuthenticationToken", (await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error.Code);
        Assert.Single(rig.Server.Requests);
        Assert.Contains(rig.Logs.Entries, entry => entry.Event == "FreshTokenFailed");
    }

    /// <summary>The service's clock is ahead: our token looks good for minutes and is over. Or behind: what we ask for must not lie in its future.</summary>
    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public async Task Skewed_ByFiveMinutes_AsksForATokenNewerThanTheRefusedOneByTheIssuersClock(int minutes)
    {
        var credential = new CachingCredential { Life = TimeSpan.FromMinutes(4) };
        await using var rig = await ArmRig.StartAsync(credential, null, null, Refuse("ExpiredAuthenticationToken", Invalid) with { Times = 1 }, ScriptStep.Get(ArmRig.Id, Body));
        rig.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(minutes));

        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);

        Assert.Equal("""{"access_token":{"nbf":{"essential":true,"value":"1001"}}}""", Assert.Single(credential.Claims, claims => claims is not null));
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task Refused_ForGood_AsksForNoMoreThanTwoFreshTokensInFiveMinutes()
    {
        var credential = new CachingCredential();
        await using var rig = await ArmRig.StartAsync(credential, null, null, Refuse("InvalidAuthenticationToken", Invalid));

        await AskAsync(rig, 5);
        Assert.Equal(2, credential.Claims.Count(claims => claims is not null));

        rig.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        await AskAsync(rig, 1);
        Assert.Equal(2, credential.Claims.Count(claims => claims is not null));

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(rig, 1);
        Assert.Equal(3, credential.Claims.Count(claims => claims is not null));
    }

    [Fact]
    public async Task Refused_SameTokenAgain_IsForcedOnceInFiveMinutes()
    {
        var credential = new CachingCredential { TakesClaims = false };
        await using var rig = await ArmRig.StartAsync(credential, null, null, Refuse("InvalidAuthenticationToken", Invalid));

        await AskAsync(rig, 3);
        Assert.Single(credential.Claims, claims => claims is not null);

        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        await AskAsync(rig, 1);
        Assert.Equal(2, credential.Claims.Count(claims => claims is not null));
    }

    /// <summary>All of them had the old token; whoever does not ask uses what the first was given.</summary>
    [Fact]
    public async Task Refused_ManyAtOnce_ShareOneFreshToken()
    {
        var credential = new CachingCredential();
        using var refused = new CountdownEvent(3);
        await using var rig = await ArmRig.StartAsync(credential, null, null, new ScriptStep("GET", ArmRig.Id)
        {
            Answer = request =>
            {
                if (CachingCredential.Number(request.Authorization!) != 1)
                {
                    return ScriptStep.Get(ArmRig.Id, Body);
                }

                // None is refused before all are there.
                refused.Signal();
                refused.Wait(Cancel);
                return Refuse("ExpiredAuthenticationToken", Invalid);
            },
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => rig.Client.SendAsync(RequestMethod.Get, rig.Client.UriOf(ArmRig.Id, "1"), null, "r", Cancel)));

        Assert.All(answers, answer => Assert.True(answer.IsSuccess));
        Assert.Single(credential.Claims, claims => claims is not null);
    }

    private static async Task AskAsync(ArmRig rig, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(401, Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error).Status);
        }
    }

    private static ScriptStep Refuse(string code, string? challenge) => ArmRig.Answer(
        "GET", ArmRig.Id, 401, $$$"""{"error":{"code":"{{{code}}}","message":"no"}}""", challenge is null ? [] : [("WWW-Authenticate", challenge)]);
}
