using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Events;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Rescans;
using Gatehouse.Core.Time;
using Gatehouse.Core.Watches;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Hosting;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Moq;

namespace Gatehouse.Functions.Tests.Support;

/// <summary>The app in this process on a port of its own, over mocked domain services, with real tokens.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    public const string HookSecret = "a-secret-of-a-hook-0123";

    private readonly TempDirectory _directory = new();
    private readonly LocalTokenIssuer _issuer;
    private readonly WebApplication _app;

    private ApiHost(IReadOnlyDictionary<string, string?> settings)
    {
        _issuer = LocalTokenIssuer.Open(_directory["issuer.pem"], TimeProvider.System, new IdSource(TimeProvider.System, new SystemEntropy()));
        _app = GatehouseApp.Build([], configuration =>
        {
            configuration["Logging:LogLevel:Default"] = "None";
            configuration["Gatehouse:Environment"] = "Local";
            configuration["Gatehouse:Auth:LocalIssuer:Enabled"] = "true";
            configuration["Gatehouse:Auth:LocalIssuer:KeyPath"] = _directory["issuer.pem"];
            configuration["Gatehouse:Storage:Directory"] = _directory["data"];
            configuration["Gatehouse:Ledger:KeyPath"] = _directory["ledger.pem"];
            foreach (var hook in new[] { "DockerHub", "Harbor", "Diun", "Ghcr", "Quay", "Kubernetes" })
            {
                configuration["Gatehouse:Hooks:" + hook] = HookSecret;
            }

            foreach (var (key, value) in settings)
            {
                configuration[key] = value;
            }
        }, ReplaceDomain);
    }

    public Mock<IIntakeDesk> Desk { get; } = new(MockBehavior.Strict);

    public Mock<IIntakeWorkflow> Workflow { get; } = new(MockBehavior.Strict);

    public Mock<IReleasedImages> Images { get; } = new(MockBehavior.Strict);

    public Mock<IPolicyStore> Policies { get; } = new(MockBehavior.Strict);

    public Mock<IWatchService> Watches { get; } = new(MockBehavior.Strict);

    public Mock<IEstateMonitor> Estate { get; } = new(MockBehavior.Strict);

    public Mock<IEstateProvider> EstateMap { get; } = new(MockBehavior.Strict);

    public Mock<ILedger> Ledger { get; } = new(MockBehavior.Strict);

    public Mock<ILedgerSealer> Sealer { get; } = new(MockBehavior.Strict);

    public Mock<IRescanService> Rescans { get; } = new(MockBehavior.Strict);

    /// <summary>What was logged, where the settings let it be.</summary>
    public RecordingLogs Logs { get; } = new();

    public Mock<IEventSink> Topic { get; } = new(MockBehavior.Strict);

    public Mock<IEventPublisher> Publisher { get; } = new(MockBehavior.Strict);

    public IWorkQueueReceiver Queue => Services.GetRequiredService<IWorkQueueReceiver>();

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public static async Task<ApiHost> StartAsync(params (string Key, string? Value)[] settings)
    {
        var host = new ApiHost(settings.ToDictionary(one => one.Key, one => one.Value));
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>A token with exactly these roles.</summary>
    public string Token(params string[] roles) => _issuer.Issue(new LocalIdentity("ada", "Ada", roles), TimeSpan.FromMinutes(5));

    /// <param name="role">Null to send no token.</param>
    public async Task<Answer> SendAsync(string method, string path, string? role, string? body = null, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (role is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(role));
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text, headers);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _issuer.Dispose();
        _directory.Dispose();
    }

    private void ReplaceDomain(IServiceCollection services)
    {
        services.AddSingleton<ILoggerProvider>(Logs);
        services.Replace(ServiceDescriptor.Singleton(Desk.Object));
        services.Replace(ServiceDescriptor.Singleton(Workflow.Object));
        services.Replace(ServiceDescriptor.Singleton(Images.Object));
        services.Replace(ServiceDescriptor.Singleton(Policies.Object));
        services.Replace(ServiceDescriptor.Singleton(Watches.Object));
        services.Replace(ServiceDescriptor.Singleton(Estate.Object));
        services.Replace(ServiceDescriptor.Singleton(EstateMap.Object));
        services.Replace(ServiceDescriptor.Singleton(Ledger.Object));
        services.Replace(ServiceDescriptor.Singleton(Sealer.Object));
        services.Replace(ServiceDescriptor.Singleton(Rescans.Object));
        services.Replace(ServiceDescriptor.Singleton(Publisher.Object));
        services.AddSingleton(Topic.Object);
    }
}

public sealed record Answer(int Status, string? MediaType, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The problem's code.</summary>
    public string? Code => Json["code"]?.GetValue<string>();
}
