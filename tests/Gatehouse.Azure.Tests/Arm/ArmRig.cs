using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Arm;
using Gatehouse.Azure.Arm.Budget;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Estate;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Tests.Arm;

/// <summary>A scripted Resource Manager and everything that talks to it, on a clock that stands still.</summary>
internal sealed class ArmRig : IAsyncDisposable
{
    public const string Subscription = "11111111-2222-3333-4444-555555555555";
    public const string Id = $"/subscriptions/{Subscription}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso";
    public const string Host = "https://management.azure.com";
    public const string OperationPath = Id + "/operationStatuses/registries-0f8fad5b";
    public const string Operation = Host + OperationPath + "?api-version=2025-11-01";

    private ArmRig(ScriptedServer server, TokenCredential credential, AzureOptions options, ArmBudgetOptions budget)
    {
        Server = server;
        var wrapped = Microsoft.Extensions.Options.Options.Create(options);
        Client = new ArmClient(Pipeline(wrapped, credential, new RewritingHandler(server.BaseUri), Clock, budget, Logs.Create<ArmPipeline>()), wrapped);
        Operations = new ArmOperations(Client);
        var reader = new ArmReader(Client);
        Registries = new ArmRegistryControl(Client, reader, Clock, Logs.Create<ArmRegistryControl>());
        Replications = new ArmReplicationControl(Client, reader, Operations);
        CacheRules = new ArmCacheRules(Client, reader, Operations);
        CredentialSets = new ArmCredentialSets(Client, reader, Operations);
    }

    public static RegistryDefinition Registry { get; } = new("contoso", Id, "contoso.azurecr.io", "westeurope", "a", []);

    public ScriptedServer Server { get; }

    public ManualTimeProvider Clock { get; } = new();

    public LogRecorder Logs { get; } = new();

    public ArmClient Client { get; }

    public ArmOperations Operations { get; }

    public ArmRegistryControl Registries { get; }

    public ArmReplicationControl Replications { get; }

    public ArmCacheRules CacheRules { get; }

    public ArmCredentialSets CredentialSets { get; }

    public static Task<ArmRig> StartAsync(params ScriptStep[] steps) => StartAsync(new StubCredential(), null, null, steps);

    public static async Task<ArmRig> StartAsync(TokenCredential credential, Action<AzureOptions>? change, Action<ArmBudgetOptions>? changeBudget, params ScriptStep[] steps)
    {
        var options = new AzureOptions { RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromSeconds(20), MaxRetries = 0 };
        var budget = new ArmBudgetOptions();
        change?.Invoke(options);
        changeBudget?.Invoke(budget);
        return new ArmRig(await ScriptedServer.StartAsync(steps), credential, options, budget);
    }

    public static ArmPipeline Pipeline(
        IOptions<AzureOptions> options, TokenCredential credential, HttpMessageHandler handler, TimeProvider? clock = null, ArmBudgetOptions? budget = null, ILogger<ArmPipeline>? log = null)
    {
        var time = clock ?? new ManualTimeProvider();
        return new ArmPipeline(
            options,
            credential,
            new HttpClientTransport(handler),
            new ArmBudget(Microsoft.Extensions.Options.Options.Create(budget ?? new ArmBudgetOptions()), time),
            time,
            log ?? new LogRecorder().Create<ArmPipeline>());
    }

    public static ScriptStep Answer(string method, string path, int status, string body = "", params (string, string)[] headers) =>
        new(method, path) { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = headers };

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return Server.DisposeAsync();
    }
}
