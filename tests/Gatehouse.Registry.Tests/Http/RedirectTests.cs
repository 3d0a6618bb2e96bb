using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

public sealed class RedirectTests
{
    private static readonly byte[] Manifest = RegistryFixture.Manifest();

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Get_RedirectToAnotherHost_LeavesCredentialsBehind(int status)
    {
        await using var storage = await ScriptedServer.StartAsync(ScriptStep.Get("/stored", Manifest, ("Content-Type", MediaTypes.OciManifest)));
        await using var fixture = await StartAsync(ScriptStep.Reply("GET", "/v2/app/manifests/v1", status, ("Location", $"{storage.BaseUri}stored?sig=secret")));
        Assert.True((await GetAsync(fixture)).IsOk);
        Assert.Equal("Basic dTpw", fixture.Server.Requests[^1].Authorization);
        Assert.Null(storage.Requests.Single().Authorization);
        Assert.Equal("?sig=secret", storage.Requests.Single().Query);
    }

    [Fact]
    public async Task Get_RedirectOnTheSameHost_KeepsCredentials()
    {
        await using var fixture = await StartAsync(
            ScriptStep.Reply("GET", "/v2/app/manifests/v1", 307, ("Location", "/elsewhere")),
            ScriptStep.Get("/elsewhere", Manifest, ("Content-Type", MediaTypes.OciManifest)));
        Assert.True((await GetAsync(fixture)).IsOk);
        Assert.Equal("Basic dTpw", fixture.Server.Requests[^1].Authorization);
    }

    [Fact]
    public async Task Get_RedirectAwayAndBack_DoesNotTakeCredentialsUpAgain()
    {
        await using var other = await ScriptedServer.StartAsync();
        await using var fixture = await StartAsync(
            ScriptStep.Reply("GET", "/v2/app/manifests/v1", 307, ("Location", $"{other.BaseUri}x")),
            ScriptStep.Get("/back", Manifest, ("Content-Type", MediaTypes.OciManifest)));
        other.Add(ScriptStep.Reply("GET", "/x", 307, ("Location", $"{fixture.Server.BaseUri}back")));
        Assert.True((await GetAsync(fixture)).IsOk);
        Assert.Null(fixture.Server.Requests[^1].Authorization);
    }

    [Theory]
    [InlineData("http://storage.example.com/x", "only https")]
    [InlineData("ftp://storage.example.com/x", "only https")]
    [InlineData("https://10.0.0.1/x", "not a public address")]
    [InlineData("https://169.254.169.254/metadata", "not a public address")]
    [InlineData("https://[fd00::1]/x", "not a public address")]
    [InlineData("https://user:pw@storage.example.com/x", "credentials")]
    [InlineData("https://private.example.com/x", "10.0.0.1")]
    [InlineData("https://rebound.example.com/x", "127.0.0.1")]
    [InlineData("https://mixed.example.com/x", "192.168.0.1")]
    public async Task Get_RedirectWhereNoneMayGo_IsUntrustworthy(string location, string why)
    {
        await using var fixture = await StartAsync(ScriptStep.Reply("GET", "/v2/app/manifests/v1", 307, ("Location", location)));
        fixture.Names["private.example.com"] = [IPAddress.Parse("10.0.0.1")];
        fixture.Names["rebound.example.com"] = [IPAddress.Loopback];
        fixture.Names["mixed.example.com"] = [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("192.168.0.1")];
        var failure = (await GetAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NamedHostAtMetadataAddress_IsNotConnectedTo()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Names["registry.example.com"] = [IPAddress.Parse("169.254.169.254")];
        var failure = (await fixture.Factory.Create("registry.example.com").GetManifestAsync("app", "v1", TestContext.Current.CancellationToken)).Failure;
        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
    }

    [Fact]
    public async Task Get_RedirectLoop_EndsAtTheLimit()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("GET", "*", 307, ("Location", "/again")));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await GetAsync(fixture)).Failure.Kind);
        Assert.Equal(6, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task Get_RedirectWithoutLocation_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("GET", "*", 307));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await GetAsync(fixture)).Failure.Kind);
    }

    [Theory]
    [InlineData("reg.azurecr.io", "https://reg.westeurope.data.azurecr.io/x", false)]
    [InlineData("reg.westeurope.geo.azurecr.io", "https://reg.westeurope.data.azurecr.io/x", false)]
    [InlineData("reg.azurecr.io", "https://other.westeurope.data.azurecr.io/x", true)]
    [InlineData("reg.azurecr.io", "https://store.blob.core.windows.net/x", true)]
    [InlineData("ghcr.io", "https://ghcr.io/x", false)]
    [InlineData("ghcr.io", "https://ghcr.io:444/x", true)]
    [InlineData("ghcr.io", "https://files.corp.example/x", false)]
    public void PublicOnly_ByTarget_SparesOnlyKnownPrivateEndpoints(string host, string target, bool expected)
    {
        Assert.True(RegistryAddress.TryParse(host, out var address));
        Assert.Equal(expected, new RedirectRules(address, new UpstreamOptions { PrivateHosts = { "*.corp.example" } }, mayBePrivate: true).PublicOnly(new Uri(target)));
        Assert.True(new RedirectRules(address, null, mayBePrivate: false).PublicOnly(new Uri(target)));
    }

    [Theory]
    [InlineData("ghcr.io", "http://127.0.0.1/x", true)]
    [InlineData("ghcr.io", "https://127.0.0.1/x", true)]
    [InlineData("ghcr.io", "https://localhost/x", true)]
    [InlineData("ghcr.io", "http://ghcr.io/x", true)]
    [InlineData("localhost:5000", "http://127.0.0.1:6000/x", false)]
    [InlineData("localhost:5000", "http://storage.example.com/x", true)]
    [InlineData("10.0.0.5", "https://10.0.0.5/x", false)]
    public void Objection_ByTarget_RefusesDowngradeAndLoopback(string host, string target, bool refused)
    {
        Assert.True(RegistryAddress.TryParse(host, out var address));
        Assert.Equal(refused, new RedirectRules(address, null, mayBePrivate: true).Objection(new Uri(target)) is not null);
    }

    private static Task<RegistryResult<ManifestContent>> GetAsync(RegistryFixture fixture) => fixture.Client.GetManifestAsync("app", "v1", TestContext.Current.CancellationToken);

    private static Task<RegistryFixture> StartAsync(params ScriptStep[] steps) => RegistryFixture.StartAsync(
        (options, host) => options.Upstreams[host] = new UpstreamOptions { Username = "u", Password = "p" },
        [ScriptStep.Reply("GET", "/v2/app/manifests/v1", 401, ("WWW-Authenticate", "Basic realm=\"r\"")) with { When = request => request.Authorization is null }, .. steps]);
}
