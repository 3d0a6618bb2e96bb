using Gatehouse.Azure.Arm.Budget;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate.Control;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure.Adapters;

/// <summary>Reading one registry from Resource Manager: over TLS, for Azure.Core sends bearer tokens no other way.</summary>
internal static class ArmPair
{
    /// <summary>Enough for every call of a full run, and the most the options allow: no call may wait for the budget.</summary>
    private const string Plenty = "100000";

    /// <summary>What Resource Manager says of its limits is read too; it takes nothing from the budget.</summary>
    private const string Headers =
        "x-ms-ratelimit-remaining-subscription-reads: " + Plenty + "\r\n"
        + "x-ms-request-id: 2b1c8f5e-7d0a-4f8e-9b6c-3a5d1e7f9c02\r\nx-ms-correlation-request-id: 2b1c8f5e-7d0a-4f8e-9b6c-3a5d1e7f9c02\r\n"
        + "Cache-Control: no-cache\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

    public static CallPair ReadRegistry()
    {
        var registry = AzureAdapters.Registry("contoso.azurecr.io");
        var certificate = new LoopbackCertificate();
        var server = new CannedServer(certificate.Value).With(CannedAnswer.Json(registry.ResourceId, Headers, Body(registry.ResourceId)));
        var services = AzureAdapters.Connect(
            registry,
            ($"{AzureOptions.Section}:{nameof(AzureOptions.ArmEndpoint)}", server.Uri.AbsoluteUri),
            ($"{AzureOptions.Section}:{nameof(AzureOptions.TrustedCertificatePath)}", certificate.PemPath),
            ($"{ArmBudgetOptions.Section}:{nameof(ArmBudgetOptions.ReadBurst)}", Plenty),
            ($"{ArmBudgetOptions.Section}:{nameof(ArmBudgetOptions.ReadsPerSecond)}", "10000"));
        var (control, client) = (services.GetRequiredService<IRegistryControl>(), BareClient.Create(certificate));
        return new CallPair(
            new("reading a registry from Resource Manager", async token => _ = (await control.GetAsync(registry, token)).Value ?? throw new InvalidOperationException("The registry was not found.")),
            BareClient.Get("bare GET of the same answer over TLS", client, new Uri(server.Uri, $"{registry.ResourceId}?api-version={new AzureOptions().ArmPreviewApiVersion}")),
            null,
            client,
            services,
            server,
            certificate);
    }

    private static string Body(string id) =>
        $$$"""
        {"sku":{"name":"Premium","tier":"Premium"},"type":"Microsoft.ContainerRegistry/registries","id":"{{{id}}}","name":"contoso","location":"westeurope","tags":{},"properties":{"loginServer":"contoso.azurecr.io","creationDate":"2026-01-12T09:30:00.0000000Z","provisioningState":"Succeeded","adminUserEnabled":false,"networkRuleSet":{"defaultAction":"Allow","ipRules":[]},"policies":{"quarantinePolicy":{"status":"disabled"},"trustPolicy":{"type":"Notary","status":"disabled"},"retentionPolicy":{"days":7,"lastUpdatedTime":"2026-01-12T09:30:00.0000000+00:00","status":"disabled"},"exportPolicy":{"status":"enabled"}},"encryption":{"status":"disabled"},"dataEndpointEnabled":false,"dataEndpointHostNames":[],"privateEndpointConnections":[],"publicNetworkAccess":"Enabled","networkRuleBypassOptions":"AzureServices","zoneRedundancy":"Enabled","anonymousPullEnabled":false,"regionalEndpoints":"Enabled","regionalEndpointHostNames":["contoso.westeurope.geo.azurecr.io","contoso.northeurope.geo.azurecr.io"]}}
        """;
}
