using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Azure.Tokens;
using Gatehouse.Core.Estate;
using Gatehouse.Registry.Auth;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Azure.Tests.Tokens;

/// <summary>A scripted registry of the estate and the authenticator that signs in to it.</summary>
internal sealed class TokenRig : IAsyncDisposable
{
    private readonly RefreshTokens _refreshTokens;

    private TokenRig(ScriptedServer server, TokenCredential credential, string? tenant)
    {
        (Server, Credential) = (server, credential as StubCredential ?? new StubCredential());
        var options = Microsoft.Extensions.Options.Options.Create(new AzureOptions
        {
            MaxRetries = 0,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(1),
            TenantId = tenant,
        });
        var service = new TokenService(new AzurePipelines(options, new HttpClientTransport(new SocketsHttpHandler { AllowAutoRedirect = false }), TimeProvider.System));
        _refreshTokens = new RefreshTokens(service, credential, options, Clock, NullLogger<RefreshTokens>.Instance);
        Authenticator = new AcrAuthenticator(new EstateHosts(new StubEstate(server.Host)), _refreshTokens, service, options, Clock, NullLogger<AcrAuthenticator>.Instance);
    }

    public ScriptedServer Server { get; }

    public StubCredential Credential { get; }

    public ManualTimeProvider Clock { get; } = new();

    public AcrAuthenticator Authenticator { get; }

    public static async Task<TokenRig> StartAsync(string? tenant = null, string? entraToken = "entra-token") =>
        new(await ScriptedServer.StartAsync(), new StubCredential(entraToken), tenant);

    public static async Task<TokenRig> StartAsync(TokenCredential credential) => new(await ScriptedServer.StartAsync(), credential, null);

    public static ScriptStep Exchange(int status, string body, params (string, string)[] headers) =>
        new("POST", "/oauth2/exchange") { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = headers };

    public static ScriptStep Token(int status, string body, params (string, string)[] headers) =>
        new("POST", "/oauth2/token") { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = headers };

    /// <summary>Unsigned: nobody here verifies it.</summary>
    public string Jwt(TimeSpan life, string name) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"exp":{{(Clock.GetUtcNow() + life).ToUnixTimeSeconds()}},"name":"{{name}}"}"""))}.{name}";

    public AuthDemand Demand(string? realm = null, string? scope = "repository:app:pull", string scheme = "bearer") => new(
        Server.Host,
        Server.BaseUri,
        [new AuthChallenge(scheme, new Dictionary<string, string> { ["realm"] = realm ?? $"{Server.BaseUri}oauth2/token", ["service"] = "contoso.azurecr.io" })],
        scope);

    public ValueTask DisposeAsync()
    {
        _refreshTokens.Dispose();
        return Server.DisposeAsync();
    }

    internal sealed class StubEstate(params string[] hosts) : IEstateProvider
    {
        public int Reads { get; private set; }

        public Task<EstateMap> GetAsync(CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(new EstateMap(
                [.. hosts.Select(host => new RegistryDefinition("contoso", "/r", host, "westeurope", "a", [new ReplicaDefinition("contoso", "westeurope", "we." + host)]))]));
        }
    }
}
