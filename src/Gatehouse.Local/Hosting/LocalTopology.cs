using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Queues;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Local.Scanning;

namespace Gatehouse.Local.Hosting;

/// <summary>What the local estate looks like, for each of those who must know.</summary>
internal static class LocalTopology
{
    /// <summary>The scanner that the sample policies ask for.</summary>
    public const string ScannerName = "sample-scanner";

    /// <summary>Event Grid waits 10 s before its first retry; on one machine nothing is gained by that.</summary>
    private const double EventRetryScale = 0.02;

    /// <param name="queue">Stands for the storage account that Event Grid puts events into.</param>
    public static EmulatorOptions Emulator(LocalDirectory directory, EventGridListener events, IWorkQueue queue) => new()
    {
        DataDirectory = directory.EmulatorDirectory,
        EventRetryScale = EventRetryScale,
        Registries =
        [
            new EmulatedRegistryOptions { Name = LocalEstate.UpstreamName, Kind = RegistryKind.Plain, AnonymousPull = true, AnonymousPush = true },
            Acr(LocalEstate.Hub, ("westeurope", 0), ("northeurope", 1_200), ("eastus2", 2_500)),
            Acr(LocalEstate.Edge, ("swedencentral", 0)),
        ],
        Topics = [new EmulatedTopicOptions { Name = LocalEstate.Topic }],
        EventSubscriptions =
        [
            Subscription(LocalEstate.UpstreamName, "OnUpstreamUpdated", EventSchema.CloudEventSchemaV1_0, events),
            QueueSubscription(LocalEstate.Hub, queue),
            Subscription(LocalEstate.Edge, "OnRegistryEvent", EventSchema.EventGridSchema, events),
        ],
    };

    public static string EstateYaml(EmulatorHost emulator)
    {
        var yaml = new StringBuilder("apiVersion: gatehouse/v1\nkind: Estate\nobjectives: { availability: 99.99, recoveryTime: 5m, replicationLag: 30s }\nregistries:\n");
        foreach (var registry in new[] { emulator.Registry(LocalEstate.Hub), emulator.Registry(LocalEstate.Edge) })
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - name: {registry.Name}\n    resourceId: {registry.ResourceId}\n    loginServer: \"{registry.LoginServer}\"\n    home: {registry.HomeRegion}\n    regions:\n");
            foreach (var replica in registry.Replicas)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"      - {{ name: {replica.Region}, endpoint: \"{replica.Endpoint}\" }}\n");
            }
        }

        return yaml.ToString();
    }

    /// <summary>The Function app's configuration; in Azure the same keys are app settings.</summary>
    public static Dictionary<string, string?> Settings(LocalOptions options, LocalDirectory directory, LocalStorage storage, EmulatorHost emulator, SampleScanner scanner) => new(storage.Settings)
    {
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = options.Port.ToString(CultureInfo.InvariantCulture),
        ["Gatehouse:Environment"] = "Local",
        ["Gatehouse:Estate:Path"] = directory.EstateFile,
        ["Gatehouse:Ledger:KeyPath"] = directory.LedgerKeyFile,
        ["Gatehouse:Auth:LocalIssuer:Enabled"] = "true",
        ["Gatehouse:Auth:LocalIssuer:KeyPath"] = directory.IssuerKeyFile,
        ["Gatehouse:Azure:ArmEndpoint"] = emulator.ArmEndpoint.ToString(),
        ["Gatehouse:Azure:TrustedCertificatePath"] = emulator.CertificatePath,
        ["Gatehouse:Azure:ManagedIdentityClientId"] = IdentityOf(emulator),
        ["Gatehouse:Azure:EventGrid:TopicEndpoint"] = emulator.Topic(LocalEstate.Topic).Endpoint.ToString(),
        ["Gatehouse:Events:StartAt"] = "Beginning",
        ["Gatehouse:Registry:AllowPrivateRegistries"] = "true",
        ["Gatehouse:Scanners:0:Name"] = ScannerName,
        ["Gatehouse:Scanners:0:Url"] = scanner.Url,
        ["Gatehouse:Intakes:FirstMessageDelay"] = "00:00:00.5",
        ["Gatehouse:Intakes:PollDelay"] = "00:00:00.1",
        ["Gatehouse:Intakes:MaxDelay"] = "00:00:02",
        ["Gatehouse:Intakes:Grace"] = "00:00:05",
        ["Gatehouse:Azure:ImportBusyDelay"] = "00:00:00.5",
        ["Gatehouse:Health:FailuresToUnavailable"] = "2",
        ["Gatehouse:Health:SuccessesToRecover"] = "1",
        ["Logging:LogLevel:Default"] = options.Verbose ? "Information" : "Error",

        // Why the app does not start is told once, by whoever starts it.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting"] = options.Verbose ? "Information" : "None",
    };

    /// <summary>A client id of its own for each emulator: the credential caches tokens by it, for the whole process.</summary>
    private static string IdentityOf(EmulatorHost emulator) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(emulator.IdentityHeader)).AsSpan(0, 16)).ToString();

    private static EmulatedRegistryOptions Acr(string name, params (string Region, int LagMs)[] regions) => new()
    {
        Name = name,
        Kind = RegistryKind.Acr,
        HomeRegion = regions[0].Region,

        // So that anyone can try a pull from any replica without logging in.
        AnonymousPull = true,
        Regions = [.. regions.Select(region => new EmulatedRegionOptions { Name = region.Region, ReplicationLag = TimeSpan.FromMilliseconds(region.LagMs) })],
    };

    /// <summary>The way a deployment takes; the other registry's events come through the trigger, so that both are lived with.</summary>
    private static EventSubscriptionOptions QueueSubscription(string registry, IWorkQueue queue) => new()
    {
        Name = $"gatehouse-{registry}",
        Registry = registry,
        Queue = (text, cancellationToken) => queue.EnqueueAsync(QueueNames.Events, text, TimeSpan.Zero, cancellationToken),

        // The queue client encodes where a queue wants it.
        QueueBase64 = false,
        Duplicates = true,
    };

    private static EventSubscriptionOptions Subscription(string registry, string function, EventSchema schema, EventGridListener events) => new()
    {
        Name = $"gatehouse-{registry}",
        Registry = registry,
        Url = events.UrlOf(function),
        Schema = schema,
        Duplicates = true,
    };
}
