using System.Text.Json;
using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Arm;

/// <summary>ARM's resources as JSON. Source: Microsoft.ContainerRegistry 2025-11-01.</summary>
internal static class ArmJson
{
    /// <param name="preview">Adds what only preview versions show: regional endpoints.</param>
    public static void Registry(Utf8JsonWriter writer, EmulatedRegistry registry, DateTimeOffset now, string dataHost, bool preview)
    {
        writer.WriteStartObject();
        writer.WriteString("id", registry.ResourceId);
        writer.WriteString("name", registry.Name);
        writer.WriteString("type", "Microsoft.ContainerRegistry/registries");
        writer.WriteString("location", registry.HomeRegion);
        writer.WriteStartObject("tags");
        writer.WriteEndObject();
        writer.WriteStartObject("sku");
        writer.WriteString("name", "Premium");
        writer.WriteString("tier", "Premium");
        writer.WriteEndObject();
        writer.WriteStartObject("properties");
        writer.WriteString("loginServer", registry.LoginServer);
        writer.WriteString("provisioningState", "Succeeded");
        Status(writer, "Ready", "The registry is ready.", now);
        writer.WriteBoolean("adminUserEnabled", false);
        writer.WriteBoolean("anonymousPullEnabled", registry.Options.AnonymousPull);
        writer.WriteBoolean("dataEndpointEnabled", true);
        writer.WriteStartArray("dataEndpointHostNames");
        writer.WriteStringValue(dataHost);
        writer.WriteEndArray();
        writer.WriteString("publicNetworkAccess", "Enabled");
        writer.WriteString("networkRuleBypassOptions", "AzureServices");
        writer.WriteString("roleAssignmentMode", "LegacyRegistryPermissions");
        if (preview)
        {
            writer.WriteString("regionalEndpoints", "Enabled");
            writer.WriteStartArray("regionalEndpointHostNames");
            foreach (var replica in registry.Replicas)
            {
                writer.WriteStringValue(replica.Endpoint);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void Replication(Utf8JsonWriter writer, EmulatedRegistry registry, EmulatedReplica replica, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString("id", $"{registry.ResourceId}/replications/{replica.Region}");
        writer.WriteString("name", replica.Region);
        writer.WriteString("type", "Microsoft.ContainerRegistry/registries/replications");
        writer.WriteString("location", replica.Region);
        writer.WriteStartObject("tags");
        writer.WriteEndObject();
        writer.WriteStartObject("properties");
        writer.WriteString("provisioningState", "Succeeded");
        if (replica.Faults.Down)
        {
            Status(writer, "Unavailable", "The replication is unavailable.", now);
        }
        else
        {
            Status(writer, "Ready", "The replication is ready.", now);
        }

        writer.WriteBoolean("regionEndpointEnabled", replica.RoutingEnabled);
        writer.WriteString("zoneRedundancy", "Disabled");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void Usages(Utf8JsonWriter writer, EmulatedRegistry registry)
    {
        var bytes = registry.Store.Read(registry.Home, content => content.RepositoriesAfter(null)
            .SelectMany(repository => repository.Blobs)
            .DistinctBy(blob => blob.Digest)
            .Sum(blob => blob.Size));
        writer.WriteStartObject();
        writer.WriteStartArray("value");
        Usage("Size", 536_870_912_000, bytes, "Bytes");
        Usage("Webhooks", 500, 0, "Count");
        Usage("Geo-replications", -1, registry.Replicas.Count, "Count");
        Usage("IPRules", 100, 0, "Count");
        Usage("VNetRules", 100, 0, "Count");
        Usage("PrivateEndpoints", 200, 0, "Count");
        writer.WriteEndArray();
        writer.WriteEndObject();

        void Usage(string name, long limit, long current, string unit)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteNumber("limit", limit);
            writer.WriteNumber("currentValue", current);
            writer.WriteString("unit", unit);
            writer.WriteEndObject();
        }
    }

    public static void List(Utf8JsonWriter writer, Action items)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("value");
        items();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Status(Utf8JsonWriter writer, string display, string message, DateTimeOffset now)
    {
        writer.WriteStartObject("status");
        writer.WriteString("displayStatus", display);
        writer.WriteString("message", message);
        writer.WriteString("timestamp", now);
        writer.WriteEndObject();
    }
}
