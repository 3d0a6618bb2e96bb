using System.Buffers.Text;
using System.Text;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Replicas;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Azure.Tokens;
using Gatehouse.Core.Estate;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Azure.Tests.DataPlane;

/// <summary>The production adapters of a registry's data plane over scripted servers: one is the login server, the others are regions.</summary>
internal sealed class DataPlaneRig : IAsyncDisposable
{
    private readonly RefreshTokens _refreshTokens;
    private readonly List<ScriptedServer> _regions;

    private DataPlaneRig(ScriptedServer global, List<ScriptedServer> regions, AzureOptions azure, string? loginServer)
    {
        (Global, _regions) = (global, regions);
        Registry = new RegistryDefinition(
            "contoso", "/r", loginServer ?? global.Host, "region0", "a", [.. regions.Select((server, i) => new ReplicaDefinition("contoso", $"region{i}", server.Host))]);
        (azure.RetryDelay, azure.MaxRetryDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        var options = Microsoft.Extensions.Options.Options.Create(azure);
        var service = new TokenService(new AzurePipelines(options, new HttpClientTransport(new SocketsHttpHandler { AllowAutoRedirect = false }), TimeProvider.System));
        _refreshTokens = new RefreshTokens(service, Credential, options, Clock, NullLogger<RefreshTokens>.Instance);
        var authenticator = new AcrAuthenticator(new EstateHosts(new FixedEstate(new EstateMap([Registry]))), _refreshTokens, service, options, Clock, NullLogger<AcrAuthenticator>.Instance);
        Clients = new RegistryClientFactory(
            Microsoft.Extensions.Options.Options.Create(new RegistryOptions { MaxRetries = 3, MaxRetryDelay = TimeSpan.FromSeconds(1) }),
            [authenticator],
            Clock,
            new SeededEntropy(),
            NullLogger<RegistryClientFactory>.Instance);
    }

    public ScriptedServer Global { get; }

    public RegistryDefinition Registry { get; }

    public StubCredential Credential { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public RegistryClientFactory Clients { get; }

    public IReplicaReader Reader => new AcrReplicaReader(Clients);

    public IReferrerReader Referrers => new AcrReferrerReader(Clients);

    /// <summary>One server that is both the login server and the only region.</summary>
    public static async Task<DataPlaneRig> StartAsync(AzureOptions? azure = null, string? loginServer = null)
    {
        var server = await ScriptedServer.StartAsync();
        return new DataPlaneRig(server, [server], azure ?? new AzureOptions { MaxRetries = 0 }, loginServer is null ? null : $"{loginServer}:{server.BaseUri.Port}");
    }

    public static async Task<DataPlaneRig> StartAsync(int regions)
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, regions).Select(_ => ScriptedServer.StartAsync()));
        return new DataPlaneRig(await ScriptedServer.StartAsync(), [.. servers], new AzureOptions { MaxRetries = 0 }, null);
    }

    public ScriptedServer Region(int index) => _regions[index];

    /// <summary>The challenge as recorded from the service: its body's <c>detail</c> is an array.</summary>
    public ScriptStep Challenge(string scope, string? realm = null) => new("*", "/v2/*")
    {
        When = request => request.Authorization is null,
        Status = 401,
        Headers =
        [
            ("Www-Authenticate", $"Bearer realm=\"{realm ?? $"{Global.BaseUri}oauth2/token"}\",service=\"contoso.azurecr.io\",scope=\"{scope}\""),
            ("Docker-Distribution-Api-Version", "registry/2.0"),
            ("X-Ms-Correlation-Request-Id", "6b5a4c32-0000-0000-0000-000000000000"),
            ("Content-Type", "application/json; charset=utf-8"),
        ],
        Body = Encoding.UTF8.GetBytes("""{"errors":[{"code":"UNAUTHORIZED","message":"authentication required, visit https://aka.ms/acr/authorization for more information.","detail":[{"Type":"repository","Name":"library/hello-world","Action":"metadata_read"}]}]}"""),
    };

    /// <summary>The same for <c>/acr/v1</c>.</summary>
    public ScriptStep[] Challenges(string scope, string? realm = null) => [Challenge(scope, realm), Challenge(scope, realm) with { Path = "/acr/*" }];

    public ScriptStep Exchange(TimeSpan life) => new("POST", "/oauth2/exchange")
    {
        Answer = _ => new ScriptStep("POST", "*") { Body = Encoding.UTF8.GetBytes($$"""{"refresh_token":"{{Jwt(life, "refresh")}}"}""") },
    };

    public ScriptStep Token(string name, TimeSpan? life = null) => new("POST", "/oauth2/token")
    {
        Answer = _ => new ScriptStep("POST", "*") { Body = Encoding.UTF8.GetBytes($$"""{"access_token":"{{Jwt(life ?? TimeSpan.FromMinutes(75), name)}}"}""") },
    };

    /// <summary>Unsigned, and named in its last part: nobody here verifies it.</summary>
    public string Jwt(TimeSpan life, string name) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"exp":{{(Clock.GetUtcNow() + life).ToUnixTimeSeconds()}}}"""))}.{name}";

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        _refreshTokens.Dispose();
        await Global.DisposeAsync();
        foreach (var region in _regions.Where(region => region != Global))
        {
            await region.DisposeAsync();
        }
    }

    private sealed class FixedEstate(EstateMap map) : IEstateProvider
    {
        public Task<EstateMap> GetAsync(CancellationToken cancellationToken) => Task.FromResult(map);
    }
}
