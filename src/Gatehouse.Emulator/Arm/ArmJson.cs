using System.Text.Json;
using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Arm;

/// <summary>ARM's resources as JSON. Source: Microsoft.ContainerRegistry 2025-11-01.</summary>
internal static class ArmJson
{
    public static void Replication(Utf8JsonWriter writer, EmulatedRegistry registry, EmulatedReplica replica)
    {
        var now = registry.Arm.Now;
        var record = registry.Arm.Find(ReplicationEndpoint.Type, replica.Region);
        writer.WriteStartObject();
        writer.WriteString("id", $"{registry.ResourceId}/replications/{replica.Region}");
        writer.WriteString("name", replica.Region);
        writer.WriteString("type", "Microsoft.ContainerRegistry/registries/replications");
        writer.WriteString("location", replica.Region);
        writer.WriteStartObject("tags");
        writer.WriteEndObject();
        writer.WriteStartObject("properties");
        writer.WriteString("provisioningState", record?.State(now) ?? "Succeeded");
        if (!replica.IsProvisioned)
        {
            // Nothing is said of a replica that is not there yet.
            writer.WriteNull("status");
        }
        else if (replica.Faults.DisplayStatus is { } text)
        {
            Status(writer, text, $"The replication is {text.ToLowerInvariant()}.", now);
        }
        else
        {
            Status(writer, replica.Faults.Down ? "Unavailable" : "Ready", replica.Faults.Down ? "The replication is unavailable." : "The replication is ready.", now);
        }

        writer.WriteBoolean("regionEndpointEnabled", replica.RoutingEnabled);
        writer.WriteString("zoneRedundancy", "Disabled");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>A cache rule or a credential set.</summary>
    public static void Child(Utf8JsonWriter writer, EmulatedRegistry registry, ArmRecord record, DateTimeOffset now, Action properties, Action? more = null)
    {
        writer.WriteStartObject();
        writer.WriteString("id", $"{registry.ResourceId}/{record.Type}/{record.Name}");
        writer.WriteString("name", record.Name);
        writer.WriteString("type", $"Microsoft.ContainerRegistry/registries/{record.Type}");
        more?.Invoke();
        writer.WriteStartObject("properties");
        writer.WriteString("provisioningState", record.State(now));
        properties();
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
        Usage("Geo-replications", -1, registry.Replicas.Count(replica => replica.IsProvisioned), "Count");
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

    public static void Status(Utf8JsonWriter writer, string display, string message, DateTimeOffset now)
    {
        writer.WriteStartObject("status");
        writer.WriteString("displayStatus", display);
        writer.WriteString("message", message);
        writer.WriteString("timestamp", now);
        writer.WriteEndObject();
    }
}
