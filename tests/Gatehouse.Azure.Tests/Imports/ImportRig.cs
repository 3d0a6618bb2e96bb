using Gatehouse.Azure.Arm;
using Gatehouse.Azure.Imports;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Arm;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Azure.Tests.Imports;

/// <summary>A scripted Resource Manager and the importer that talks to it.</summary>
internal sealed class ImportRig : IAsyncDisposable
{
    public const string ResourceId = "/subscriptions/0000/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso";
    public const string SourceId = "/subscriptions/0000/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/own";
    public const string ImportPath = ResourceId + "/importImage";
    public const string OperationPath = "/subscriptions/0000/operationResults/registries-1";
    public const string Location = "https://management.azure.com" + OperationPath + "?api-version=2025-11-01";

    private ImportRig(ScriptedServer server, ArmImageImporter importer) => (Server, Importer) = (server, importer);

    public static RegistryDefinition Registry { get; } = new("contoso", ResourceId, "contoso.azurecr.io", "westeurope", "a", []);

    public static Digest Digest { get; } = Digest.Parse("sha256:" + new string('d', 64)).Value;

    public ScriptedServer Server { get; }

    public ArmImageImporter Importer { get; }

    public static ImportRequest Request(string source = "docker.io/library/nginx:1.27") => new(ImageReference.Parse(source).Value, Digest, "docker.io/library/nginx");

    public static async Task<ImportRig> StartAsync(params ScriptStep[] steps)
    {
        var server = await ScriptedServer.StartAsync(steps);
        return new ImportRig(server, Create(new RewritingHandler(server.BaseUri), new StubCredential()));
    }

    public static ArmImageImporter Create(HttpMessageHandler handler, StubCredential credential, int concurrency = 4, int retries = 1, TimeProvider? clock = null)
    {
        var azure = Microsoft.Extensions.Options.Options.Create(new AzureOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(2),
            MaxRetries = retries,
            MaxConcurrentImports = concurrency,
        });
        var registry = new RegistryOptions();
        registry.Upstreams["private.example"] = new UpstreamOptions { Username = "robot", Password = "s3cret-value" };
        registry.Upstreams["foreign.azurecr.io"] = new UpstreamOptions { ImportPassword = "s3cret-value" };
        registry.Upstreams["own.azurecr.io"] = new UpstreamOptions { ResourceId = SourceId };
        var client = new ArmClient(ArmRig.Pipeline(azure, credential, handler), azure);
        return new ArmImageImporter(
            client,
            new ArmOperations(client),
            azure,
            new ConfiguredUpstreamCredentials(Microsoft.Extensions.Options.Options.Create(registry)),
            new ImportLeases(azure, clock ?? TimeProvider.System),
            NullLogger<ArmImageImporter>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        Importer.Dispose();
        return Server.DisposeAsync();
    }
}
