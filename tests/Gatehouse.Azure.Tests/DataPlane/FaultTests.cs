using System.Text;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.DataPlane;

/// <summary>What the service does on a bad day.</summary>
public class FaultTests
{
    private const string Repository = "app";
    private const string Manifests = $"/acr/v1/{Repository}/_manifests";
    private const string Scope = $"repository:{Repository}:metadata_read";

    private static readonly Digest A = Digest.Parse("sha256:" + new string('a', 64)).Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/oauth2/exchange")]
    [InlineData("/oauth2/token")]
    public async Task TokenService_ThrottlesWithFallingRetryAfter_IsAskedOnceACallAndSaysHowLong(string path)
    {
        await using var rig = await DataPlaneRig.StartAsync(new AzureOptions { MaxRetries = 3 });
        rig.Global.Add([.. rig.Challenges(Scope), .. Storm("POST", path, 40, 25, 10), rig.Exchange(TimeSpan.FromHours(3)), rig.Token("a"), Page()]);

        foreach (var seconds in new[] { 40, 25, 10 })
        {
            var asked = await rig.Reader.AskAsync(rig.Registry.Home, Repository, A, Cancel);
            Assert.Equal((Presence.Unknown, true, TimeSpan.FromSeconds(seconds)), (asked.Presence, asked.Throttled, asked.RetryAfter));
        }

        Assert.Equal(3, rig.Global.Count("POST", path));
        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);
    }

    [Fact]
    public async Task DataPlane_ThrottlesWithFallingRetryAfter_IsAskedOnceACallAndSaysHowLong()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([.. Storm("*", "/v2/*", 30, 20, 5)]);

        foreach (var seconds in new[] { 30, 20 })
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), (await rig.Reader.AskAsync(rig.Registry.Home, Repository, A, Cancel)).RetryAfter);
        }

        var listing = await rig.Referrers.ListAsync(rig.Registry.Home, Repository, A, Cancel);
        Assert.Equal((null, TimeSpan.FromSeconds(5)), (listing.Digests, listing.RetryAfter));
        Assert.Equal(3, rig.Global.Requests.Count);
    }

    [Fact]
    public async Task List_TokenExpiresAtTheThirdPage_IsRefreshedOnceAndGoesOn()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([
            .. rig.Challenges(Scope),
            rig.Exchange(TimeSpan.FromHours(3)),
            rig.Token("first") with { Times = 1 },
            rig.Token("second"),
            Page(1, "first"),
            Page(2, "first"),
            .. rig.Challenges(Scope).Select(step => step with { When = request => request.Query == "?last=2" && Is(request, "first") }),
            Page(3, "second"),
            Page(4, "second", last: true),
        ]);

        var listing = await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel);

        Assert.Equal(4, listing.Rows?.Count);
        Assert.Equal(1, rig.Global.Count("POST", "/oauth2/exchange"));
        Assert.Equal(2, rig.Global.Count("POST", "/oauth2/token"));

        // The challenge, four pages, and the third once more.
        Assert.Equal(6, rig.Global.Count("GET", Manifests));
        Assert.Empty(rig.Global.Unexpected);
    }

    [Fact]
    public async Task List_TokenIsNeverTaken_EndsAfterOneRefresh()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([.. rig.Challenges(Scope).Select(step => step with { When = null }), rig.Exchange(TimeSpan.FromHours(3)), rig.Token("a")]);

        Assert.Null((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);
        Assert.Equal(2, rig.Global.Count("GET", Manifests));
        Assert.Equal(1, rig.Global.Count("POST", "/oauth2/token"));
    }

    [Fact]
    public async Task SignIn_RefreshTokenRevoked_IsExchangedAgainWithoutTheCallerSeeing()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([
            .. rig.Challenges(Scope),
            rig.Exchange(TimeSpan.FromHours(3)),
            rig.Token("first", TimeSpan.FromMinutes(10)) with { Times = 1 },
            ScriptStep.Reply("POST", "/oauth2/token", 401) with { Times = 1 },
            rig.Token("second"),
            Page(),
        ]);

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);
        rig.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        Assert.Equal(2, rig.Global.Count("POST", "/oauth2/exchange"));
        Assert.Equal(3, rig.Global.Count("POST", "/oauth2/token"));
    }

    /// <summary>Our clock is five minutes behind: the service's tokens end five minutes before we think so.</summary>
    [Fact]
    public async Task SignIn_OurClockFiveMinutesBehind_NeverSendsARefreshTokenThatIsOver()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        var skew = TimeSpan.FromMinutes(5);
        var ends = rig.Clock.GetUtcNow() + TimeSpan.FromHours(3);
        rig.Global.Add([
            .. rig.Challenges(Scope),
            rig.Exchange(TimeSpan.FromHours(3)),
            rig.Token("a", TimeSpan.FromMinutes(2)) with { When = _ => rig.Clock.GetUtcNow() + skew < ends || rig.Global.Count("POST", "/oauth2/exchange") > 1 },
            Page(),
        ]);
        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        // Later than the service's end of it, by the service's clock.
        rig.Clock.Advance(TimeSpan.FromHours(3) - skew + TimeSpan.FromSeconds(1));
        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        Assert.Equal(2, rig.Global.Count("POST", "/oauth2/exchange"));
        Assert.Empty(rig.Global.Unexpected);
    }

    /// <summary>Our clock is five minutes ahead: short tokens look over as they arrive.</summary>
    [Fact]
    public async Task SignIn_OurClockFiveMinutesAhead_UsesWhatItWasJustGiven()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([.. rig.Challenges(Scope), rig.Exchange(TimeSpan.FromMinutes(-1)), rig.Token("a", TimeSpan.FromMinutes(-1)), Page()]);

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);
        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        // Nothing is kept that looks over, and nothing goes round: one exchange and one token a call.
        Assert.Equal(2, rig.Global.Count("POST", "/oauth2/exchange"));
        Assert.Equal(2, rig.Global.Count("POST", "/oauth2/token"));
    }

    private static IEnumerable<ScriptStep> Storm(string method, string path, params int[] seconds) => seconds.Select(one => new ScriptStep(method, path)
    {
        Times = 1,
        Status = 429,
        Headers = [("Retry-After", $"{one}")],
        Body = Encoding.UTF8.GetBytes("""{"errors":[{"code":"TOOMANYREQUESTS","message":"too many requests","detail":null}]}"""),
    });

    private static ScriptStep Page() => ScriptStep.Get(Manifests, """{"manifests":[]}""");

    private static ScriptStep Page(int number, string token, bool last = false) =>
        ScriptStep.Get(Manifests, $$"""{"manifests":[{"digest":"sha256:{{new string((char)('0' + number), 64)}}"}]}""", last ? [] : [("Link", $"<{Manifests}?last={number}>; rel=\"next\"")]) with
        {
            When = request => request.Query == (number == 1 ? string.Empty : $"?last={number - 1}") && Is(request, token),
        };

    private static bool Is(RecordedRequest request, string token) => request.Authorization?.EndsWith("." + token, StringComparison.Ordinal) == true;
}
