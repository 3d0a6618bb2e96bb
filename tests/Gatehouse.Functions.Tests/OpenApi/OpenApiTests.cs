using System.Text.RegularExpressions;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Functions.Tests.OpenApi;

public sealed partial class OpenApiTests : IAsyncLifetime
{
    private static readonly string[] Undescribed =
    [
        "GET /", "GET /openapi/{documentName}.json", "GET /console/style.css", "GET /console/sign-in", "POST /console/sign-in",
        "POST /AdvanceIntake", "POST /OnRegistryEvent", "POST /OnUpstreamUpdated", "POST /WatchUpstream", "POST /ProbeReplicas", "POST /RescanReleased", "POST /SealLedger", "POST /Reconcile",
        "POST /OnQueuedEvent", "POST /PublishEvents", "OPTIONS /hooks/eventgrid",
    ];

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Document_ListsEveryRoute()
    {
        var routes = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace("{*", "{", StringComparison.Ordinal)}"))
            .Except(Undescribed);

        Assert.Equal(routes.Order(StringComparer.Ordinal), (await OperationsAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_EveryOperation_HasANameAndASummary()
    {
        var answer = await _host.SendAsync("GET", "/openapi/v1.json", role: null);
        foreach (var operation in answer.Json["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()))
        {
            Assert.NotEmpty(operation.Value!["operationId"]!.GetValue<string>());
            Assert.NotEmpty(operation.Value!["summary"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Samples_ShowEveryRoute()
    {
        var samples = Directory.GetFiles(Path.Combine(PublishedApp.RepositoryRoot(), "samples"), "*.http").SelectMany(File.ReadAllLines)
            .Select(line => RequestLine().Match(line)).Where(match => match.Success)
            .Select(match => (Method: match.Groups["method"].Value, Path: match.Groups["path"].Value))
            .ToList();

        foreach (var operation in await OperationsAsync())
        {
            var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            var pattern = "^" + Regex.Replace(Regex.Escape(path).Replace("\\{scope}", ".+", StringComparison.Ordinal), @"\\\{[a-zA-Z]+}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1)) + "$";
            Assert.True(
                samples.Any(sample => sample.Method == method && Regex.IsMatch(sample.Path, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))),
                $"No sample shows {operation}.");
        }
    }

    private async Task<IReadOnlyList<string>> OperationsAsync()
    {
        var answer = await _host.SendAsync("GET", "/openapi/v1.json", role: null);
        return [.. answer.Json["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"))];
    }

    [GeneratedRegex(@"^(?<method>GET|POST|PUT|DELETE) \{\{host\}\}(?<path>[^?\s]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RequestLine();
}
