using System.Text;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.DataPlane;

/// <summary>The registry's answers as the service is known to give them, whatever our emulator does.</summary>
public class FidelityTests
{
    private const string Repository = "library/hello-world";
    private const string Manifests = $"/acr/v1/{Repository}/_manifests";

    private static readonly Digest A = Digest.Parse("sha256:" + new string('a', 64)).Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_RecordedChallenge_IsAnsweredWithTheScopeItNames()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([.. rig.Challenges($"repository:{Repository}:metadata_read"), rig.Exchange(TimeSpan.FromHours(3)), rig.Token("a"), Page()]);

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        Assert.Equal(["https://containerregistry.azure.net/.default"], rig.Credential.Asked.Single().Scopes);
        Assert.Equal("grant_type=access_token&service=contoso.azurecr.io&access_token=entra-token", Sent(rig, "/oauth2/exchange"));
        Assert.Contains("&scope=repository%3Alibrary%2Fhello-world%3Ametadata_read&", Sent(rig, "/oauth2/token"), StringComparison.Ordinal);
        Assert.EndsWith(".a", rig.Global.Requests[^1].Authorization, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"errors":[{"code":"DENIED","message":"requested access to the resource is denied","detail":[{"Type":"repository","Name":"library/hello-world","Action":"metadata_read"}]}]}""")]
    [InlineData("""{"errors":[{"code":"DENIED","message":"denied","detail":{"Type":"repository"}}]}""")]
    [InlineData("""{"errors":[{"code":"DENIED","message":"denied","detail":null}]}""")]
    [InlineData("denied")]
    public async Task List_GrantNarrowerThanAsked_IsNoListAndNotEmpty(string body)
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add([.. rig.Challenges($"repository:{Repository}:metadata_read"), rig.Exchange(TimeSpan.FromHours(3)), rig.Token("narrow"), Page(body) with { Status = 403 }]);

        var listing = await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel);

        Assert.Null(listing.Rows);
        Assert.Contains("403", listing.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"registry":"contoso.azurecr.io","imageName":"library/hello-world","manifests":null}""", 0)]
    [InlineData("""{"registry":"Contoso.azurecr.io","imageName":"library/hello-world"}""", 0)]
    [InlineData("""{"registry":"contoso.azurecr.io","imageName":"library/hello-world","manifests":[{"digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","imageSize":0,"createdTime":"2021-05-25T20:45:12.5Z","lastUpdateTime":"2021-05-25T20:45:12.5Z","mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","tags":null,"references":null,"changeableAttributes":{"deleteEnabled":true,"writeEnabled":true,"readEnabled":true,"listEnabled":true}}]}""", 1)]
    [InlineData("""{"registry":"contoso.azurecr.io","imageName":"library/hello-world","manifests":[{"digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","references":[{"digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","architecture":"amd64","os":"linux"}]}]}""", 1)]
    public async Task List_NullAndAbsentFields_AreRead(string body, int rows)
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add(Page(body));

        var listing = await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel);

        Assert.Equal(rows, listing.Rows!.Count);
        Assert.All(listing.Rows, row => Assert.Equal((A, false, true, 0), (row.Digest, row.Locked, row.Readable, row.Tags.Count)));
    }

    [Theory]
    [InlineData("""{"digest":"D","quarantineState":"Quarantined"}""", false)]
    [InlineData("""{"digest":"D","changeableAttributes":{"readEnabled":true,"quarantineState":"Failed","quarantineDetails":"{}"}}""", false)]
    [InlineData("""{"digest":"D","changeableAttributes":{"quarantineState":"Passed"}}""", true)]
    [InlineData("""{"digest":"D","changeableAttributes":{"quarantineState":null}}""", true)]
    [InlineData("""{"digest":"D","quarantineState":7}""", true)]
    public async Task List_QuarantineState_IsReadWhereverItStands(string row, bool readable)
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add(Page($$"""{"manifests":[{{row.Replace("D", A.ToString(), StringComparison.Ordinal)}}]}"""));

        Assert.Equal(readable, Assert.Single((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows!).Readable);
    }

    [Theory]
    [InlineData("</acr/v1/library/hello-world/_manifests?last=x&n=1&orderby=>; rel=\"next\"", true)]
    [InlineData("</acr/v1/library%2Fhello-world/_manifests?last=sha256%3Ax&n=1>; rel=\"next\"", true)]
    [InlineData("<{base}acr/v1/library/hello-world/_manifests?last=x>; rel=next", true)]
    [InlineData("<https://elsewhere.example/acr/v1/library/hello-world/_manifests?last=x>; rel=\"next\"", false)]
    [InlineData("<//elsewhere.example/acr/v1/x>; rel=\"next\"", false)]
    public async Task List_Link_IsFollowedOnTheSameHostOnly(string link, bool followed)
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add(
            Page("""{"manifests":[]}""") with { Times = 1, Headers = [("Link", link.Replace("{base}", rig.Global.BaseUri.ToString(), StringComparison.Ordinal))] },
            new ScriptStep("GET", "/acr/v1/library*") { Body = Encoding.UTF8.GetBytes($$"""{"manifests":[{"digest":"{{A}}"}]}""") });

        var listing = await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel);

        Assert.Equal(followed ? 1 : null, listing.Rows?.Count);
        Assert.Equal(followed ? 2 : 1, rig.Global.Requests.Count);
    }

    [Theory]
    [InlineData(405, """{"errors":[{"code":"UNSUPPORTED","message":"The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation"}]}""", Presence.Withheld)]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"The operation is disallowed."}]}""", Presence.Withheld)]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}""", Presence.Unknown)]
    [InlineData(404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest tagged by \"x\" is not found"}]}""", Presence.Missing)]
    public async Task Ask_Disallowed_IsWithheldAndNotMissing(int status, string body, Presence presence)
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add(new ScriptStep("*", "/v2/*") { Status = status, Body = Encoding.UTF8.GetBytes(body) });

        Assert.Equal(presence, (await rig.Reader.AskAsync(rig.Registry.Home, Repository, A, Cancel)).Presence);
    }

    [Fact]
    public async Task Blob_Redirect307_LeavesTheTokenBehind()
    {
        await using var rig = await DataPlaneRig.StartAsync();
        await using var data = await ScriptedServer.StartAsync(ScriptStep.Get("/signed", "blob"));
        var digest = Digest.OfBytes("blob"u8);
        rig.Global.Add(
            rig.Challenge($"repository:{Repository}:pull"),
            rig.Exchange(TimeSpan.FromHours(3)),
            rig.Token("a"),
            ScriptStep.Reply("GET", $"/v2/{Repository}/blobs/{digest}", 307, ("Location", $"{data.BaseUri}signed?sig=x")));

        await using var blob = (await rig.Clients.Create(rig.Global.Host).OpenBlobAsync(Repository, digest, 0, Cancel)).Value;
        using var text = new StreamReader(blob.Stream);

        Assert.Equal("blob", await text.ReadToEndAsync(Cancel));
        Assert.Null(Assert.Single(data.Requests).Authorization);
        Assert.StartsWith("Bearer ", rig.Global.Requests[^1].Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_LoginServerInAnotherCase_IsTheSameHost()
    {
        await using var rig = await DataPlaneRig.StartAsync(loginServer: "localhost");
        rig.Global.Add([
            .. rig.Challenges($"repository:{Repository}:metadata_read", $"http://LocalHost:{rig.Global.BaseUri.Port}/oauth2/token"),
            rig.Exchange(TimeSpan.FromHours(3)), rig.Token("a"), Page(),
        ]);

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);
    }

    [Fact]
    public async Task SignIn_RegionsNameTheGlobalService_AndShareItsRefreshToken()
    {
        await using var rig = await DataPlaneRig.StartAsync(regions: 3);
        rig.Global.Add(rig.Exchange(TimeSpan.FromHours(3)), rig.Token("a"));
        for (var i = 0; i < 3; i++)
        {
            rig.Region(i).Add([.. rig.Challenges($"repository:{Repository}:metadata_read"), Page()]);
        }

        foreach (var replica in rig.Registry.Replicas)
        {
            Assert.NotNull((await rig.Reader.ListManifestsAsync(replica, Repository, Cancel)).Rows);
        }

        Assert.Equal(1, rig.Global.Count("POST", "/oauth2/exchange"));
        Assert.Equal(3, rig.Global.Count("POST", "/oauth2/token"));
        Assert.Empty(rig.Global.Unexpected);
    }

    [Theory]
    [InlineData("""{"access_token":"{jwt}"}""")]
    [InlineData("""{"token":"{jwt}","expires_in":60}""")]
    [InlineData("""{"access_token":"opaque"}""")]
    public async Task SignIn_RepositoryScopedToken_IsSentAsBasicAndEntraIsNotAsked(string reply)
    {
        await using var rig = await DataPlaneRig.StartAsync(SignIn("Token", "reader", "p:w"));
        rig.Global.Add([
            .. rig.Challenges($"repository:{Repository}:metadata_read"),
            ScriptStep.Get("/oauth2/token", reply.Replace("{jwt}", rig.Jwt(TimeSpan.FromHours(1), "a"), StringComparison.Ordinal)),
            Page(),
        ]);

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        var asked = Assert.Single(rig.Global.Requests, request => request.Path == "/oauth2/token");
        Assert.Equal("Basic " + Convert.ToBase64String("reader:p:w"u8), asked.Authorization);
        Assert.Equal("?service=contoso.azurecr.io&scope=repository%3Alibrary%2Fhello-world%3Ametadata_read", asked.Query);
        Assert.Empty(rig.Credential.Asked);
    }

    [Fact]
    public async Task SignIn_Anonymous_SendsNobodysCredentials()
    {
        await using var rig = await DataPlaneRig.StartAsync(SignIn("anonymous"));
        rig.Global.Add([.. rig.Challenges($"repository:{Repository}:metadata_read"), ScriptStep.Get("/oauth2/token", """{"access_token":"a"}"""), Page()]);

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);

        Assert.Null(Assert.Single(rig.Global.Requests, request => request.Path == "/oauth2/token").Authorization);
        Assert.Empty(rig.Credential.Asked);
    }

    [Fact]
    public async Task SignIn_OnlyBasicAskedFor_TakesTheTokenDirectly()
    {
        await using var rig = await DataPlaneRig.StartAsync(SignIn("Token", "reader", "secret"));
        rig.Global.Add(
            new ScriptStep("*", "*") { Status = 401, Headers = [("Www-Authenticate", "Basic realm=\"contoso\"")], When = request => request.Authorization is null },
            Page());

        Assert.NotNull((await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel)).Rows);
        Assert.Equal("Basic " + Convert.ToBase64String("reader:secret"u8), rig.Global.Requests[^1].Authorization);
    }

    [Fact]
    public async Task SignIn_WrongPassword_IsDeniedAndNamesNoSecret()
    {
        await using var rig = await DataPlaneRig.StartAsync(SignIn("Token", "reader", "hunter2"));
        rig.Global.Add([.. rig.Challenges("repository:x:pull"), new ScriptStep("GET", "/oauth2/token") { Status = 401 }]);

        var listing = await rig.Reader.ListManifestsAsync(rig.Registry.Home, Repository, Cancel);

        Assert.Null(listing.Rows);
        Assert.DoesNotContain("hunter2", listing.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("reader:hunter2"u8), listing.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, true, 1)]
    [InlineData(404, false, 0)]
    public async Task Referrers_Answer_SaysWhetherThereIsAnApi(int status, bool api, int count)
    {
        await using var rig = await DataPlaneRig.StartAsync();
        rig.Global.Add(
            new ScriptStep("GET", $"/v2/{Repository}/referrers/{A}")
            {
                Status = status,
                Body = Encoding.UTF8.GetBytes(status == 200 ? $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{A}}","size":3}]}""" : string.Empty),
            },
            ScriptStep.Reply("GET", $"/v2/{Repository}/manifests/sha256-{A.Hex}", 404));

        var listing = await rig.Referrers.ListAsync(rig.Registry.Home, Repository, A, Cancel);

        Assert.Equal((api, (int?)count), (listing.FromApi, listing.Digests?.Count));
    }

    private static AzureOptions SignIn(string kind, string? user = null, string? password = null) => new()
    {
        MaxRetries = 0,
        Registries = { ["CONTOSO"] = new RegistrySignInOptions { SignIn = kind, Username = user, Password = password } },
    };

    private static ScriptStep Page(string body = """{"registry":"contoso.azurecr.io","imageName":"library/hello-world","manifests":[]}""") => ScriptStep.Get(Manifests, body);

    private static string Sent(DataPlaneRig rig, string path) => Encoding.UTF8.GetString(Assert.Single(rig.Global.Requests, request => request.Path == path).Body.Span);
}
