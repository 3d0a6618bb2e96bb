using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

/// <summary>Whoever requests an image names a host; only the operator's may be inside our network.</summary>
public sealed class PrivateRegistryTests
{
    private static readonly byte[] Manifest = RegistryFixture.Manifest();

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("127.0.0.1:7071", "127.0.0.1")]
    [InlineData("localhost:7071", "127.0.0.1")]
    [InlineData("[::ffff:10.0.0.5]:5000", "10.0.0.5")]
    [InlineData("intranet.example.com", "10.0.0.6")]
    public async Task Get_PrivateHostNobodyConfigured_IsNotConnectedTo(string host, string address)
    {
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.AllowPrivateRegistries = false);
        fixture.Names["intranet.example.com"] = [IPAddress.Parse("10.0.0.6")];

        var failure = (await fixture.Factory.Create(host).GetManifestAsync("app", "v1", TestContext.Current.CancellationToken)).Failure;

        Assert.Equal(RegistryFailureKind.Untrustworthy, failure.Kind);
        Assert.Contains(address, failure.Message, StringComparison.Ordinal);
        Assert.Contains("configured", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ServerOnLoopbackNobodyConfigured_HearsNothing()
    {
        await using var fixture = await StartAsync((options, _) => options.AllowPrivateRegistries = false);

        Assert.Equal(RegistryFailureKind.Untrustworthy, (await GetAsync(fixture)).Failure.Kind);
        Assert.Empty(fixture.Server.Requests);
    }

    [Fact]
    public async Task Get_ConfiguredUpstream_MayBePrivate()
    {
        await using var fixture = await StartAsync((options, host) =>
        {
            options.AllowPrivateRegistries = false;
            options.Upstreams["mirror"] = new UpstreamOptions { Host = host, Anonymous = true };
        });

        Assert.True((await GetAsync(fixture)).IsOk);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Authenticate_RealmOnTheRegistrysHost_IsAskedOnlyWhereTheRegistryMayBe(bool allowed)
    {
        await using var fixture = await RegistryFixture.StartAsync(
            (options, _) => options.AllowPrivateRegistries = allowed, ScriptStep.Get("/token", """{"token":"t"}""", ("Content-Type", "application/json")));
        using var http = new RegistryHttp(fixture.Options, fixture.Clock, Dns.GetHostAddressesAsync);
        var authenticator = new TokenAuthenticator(http, fixture.Options, new RetryDelays(fixture.Options, fixture.Clock, new SeededEntropy()), fixture.Clock);
        var challenge = new AuthChallenge("bearer", new Dictionary<string, string> { ["realm"] = $"{fixture.Server.BaseUri}token" });

        var grant = await authenticator.AuthenticateAsync(new AuthDemand(fixture.Server.Host, fixture.Server.BaseUri, [challenge], null), TestContext.Current.CancellationToken);

        Assert.Equal(allowed, grant.IsOk);
        Assert.Equal(allowed ? 1 : 0, fixture.Server.Requests.Count);
    }

    [Fact]
    public async Task Get_HostWithItsOwnAuthenticator_MayBePrivate()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/v2/app/manifests/v1", Manifest, ("Content-Type", MediaTypes.OciManifest)));
        using var factory = new RegistryClientFactory(
            new RegistryOptions(), [new EstateAuthenticator(server.Host)], TimeProvider.System, new SeededEntropy(), NullLogger.Instance, Dns.GetHostAddressesAsync);

        Assert.True((await factory.Create(server.Host).GetManifestAsync("app", "v1", TestContext.Current.CancellationToken)).IsOk);
    }

    private static Task<RegistryFixture> StartAsync(Action<RegistryOptions, string> configure) =>
        RegistryFixture.StartAsync(configure, ScriptStep.Get("/v2/app/manifests/v1", Manifest, ("Content-Type", MediaTypes.OciManifest)));

    private static Task<RegistryResult<ManifestContent>> GetAsync(RegistryFixture fixture) =>
        fixture.Client.GetManifestAsync("app", "v1", TestContext.Current.CancellationToken);

    private sealed class EstateAuthenticator(string host) : IRegistryAuthenticator
    {
        public bool Handles(string asked) => asked == host;

        public Task<RegistryResult<AuthGrant>> AuthenticateAsync(AuthDemand demand, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing asks for a grant here.");
    }
}
