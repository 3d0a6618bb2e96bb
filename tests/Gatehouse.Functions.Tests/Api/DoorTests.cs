using Gatehouse.Functions.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Functions.Tests.Api;

/// <summary>What every route asks of callers.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private static readonly string[] Open =
    [
        "/", "/healthz", "/metrics", "/openapi/{documentName}.json", "/console/style.css", "/console/sign-in",
        "/hooks/{source}", "/hooks/eventgrid", "/webhooks/kubernetes/admission", "/webhooks/kubernetes/image-review",
        "/AdvanceIntake", "/OnQueuedEvent", "/OnRegistryEvent", "/OnUpstreamUpdated", "/WatchUpstream", "/ProbeReplicas", "/RescanReleased", "/SealLedger", "/PublishEvents", "/Reconcile",
    ];

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Routes_OpenToAnyone_AreExactlyTheListed()
    {
        var open = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

        Assert.Equal(Open.Order(StringComparer.Ordinal), open.Select(endpoint => endpoint.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Routes_NotOpen_AnswerStrangersWith401()
    {
        foreach (var endpoint in Endpoints().Where(one => one.Metadata.GetMetadata<IAllowAnonymous>() is null && one.RoutePattern.RawText != "/console"))
        {
            var method = endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods[0];
            var path = endpoint.RoutePattern.RawText!.Replace("{*scope}", "contoso", StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal).Replace("{digest}", "x", StringComparison.Ordinal);
            var answer = await _host.SendAsync(method, path, role: null);

            Assert.True(answer.Status == 401, $"{method} {path}: {answer.Status}");
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task Token_Broken_Is401WithTheReason()
    {
        var answer = await _host.SendAsync("GET", "/api/estate", role: null, headers: ("Authorization", "Bearer nonsense"));

        Assert.Equal(401, answer.Status);
        Assert.Equal("token-invalid", answer.Code);
        Assert.Contains("invalid_token", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_InTheConsolesCookie_OpensNothingElse() =>
        Assert.Equal(401, (await _host.SendAsync("GET", "/api/estate", role: null, headers: ("Cookie", "gatehouse-console=" + _host.Token("Reader")))).Status);

    [Fact]
    public async Task Address_Unknown_IsAProblem()
    {
        var answer = await _host.SendAsync("GET", "/nowhere", "Reader");

        Assert.Equal(404, answer.Status);
        Assert.Equal("route-unknown", answer.Code);
    }

    [Fact]
    public async Task Method_NotTaken_IsAProblem() =>
        Assert.Equal("method-not-allowed", (await _host.SendAsync("PATCH", "/api/intakes", "Reader")).Code);

    private IEnumerable<RouteEndpoint> Endpoints() => _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
}
