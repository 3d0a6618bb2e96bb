using System.Text.Json;
using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Arm;

/// <summary>A registry as ARM shows it. Source: Microsoft.ContainerRegistry 2025-11-01.</summary>
internal static class RegistryJson
{
    /// <summary>Shown only once they were changed; a new registry of the emulator has none.</summary>
    private static readonly string[] Optional = ["encryption", "networkRuleBypassAllowedForTasks", "networkRuleSet", "policies"];

    /// <param name="preview">Adds what only preview versions show: regional endpoints.</param>
    public static void Write(Utf8JsonWriter writer, EmulatedRegistry registry, string dataHost, bool preview)
    {
        writer.WriteStartObject();
        writer.WriteString("id", registry.ResourceId);
        writer.WriteString("name", registry.Name);
        writer.WriteString("type", "Microsoft.ContainerRegistry/registries");
        writer.WriteString("location", registry.HomeRegion);
        writer.WriteStartObject("tags");
        foreach (var (name, value) in registry.Arm.Read(document => document.Tags.ToList()))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("sku");
        writer.WriteString("name", "Premium");
        writer.WriteString("tier", "Premium");
        writer.WriteEndObject();
        writer.WriteStartObject("properties");
        Properties(writer, registry, dataHost);
        Changeable(writer, registry, preview);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Properties(Utf8JsonWriter writer, EmulatedRegistry registry, string dataHost)
    {
        var now = registry.Arm.Now;
        writer.WriteString("loginServer", registry.LoginServer);
        writer.WriteString("provisioningState", registry.Arm.Find(RegistryEndpoint.Type, registry.Name)?.State(now) ?? "Succeeded");
        ArmJson.Status(writer, "Ready", "The registry is ready.", now);
        writer.WriteStartArray("dataEndpointHostNames");
        writer.WriteStringValue(dataHost);
        writer.WriteEndArray();
    }

    /// <summary>As it was changed, or as it is by default.</summary>
    private static void Changeable(Utf8JsonWriter writer, EmulatedRegistry registry, bool preview)
    {
        var changed = registry.Arm.Read(document => document.Properties.ToDictionary());
        Value("adminUserEnabled", () => writer.WriteBooleanValue(false));
        Value("anonymousPullEnabled", () => writer.WriteBooleanValue(registry.AnonymousPull));
        Value("dataEndpointEnabled", () => writer.WriteBooleanValue(true));
        Value("publicNetworkAccess", () => writer.WriteStringValue("Enabled"));
        Value("networkRuleBypassOptions", () => writer.WriteStringValue("AzureServices"));
        Value("roleAssignmentMode", () => writer.WriteStringValue("LegacyRegistryPermissions"));
        foreach (var name in Optional.Where(changed.ContainsKey))
        {
            Value(name, writer.WriteNullValue);
        }

        if (preview)
        {
            Value("regionalEndpoints", () => writer.WriteStringValue("Enabled"));
            writer.WriteStartArray("regionalEndpointHostNames");
            foreach (var replica in registry.Replicas.Where(replica => replica.IsProvisioned))
            {
                writer.WriteStringValue(replica.Endpoint);
            }

            writer.WriteEndArray();
        }

        void Value(string name, Action byDefault)
        {
            writer.WritePropertyName(name);
            if (changed.TryGetValue(name, out var value))
            {
                value.WriteTo(writer);
            }
            else
            {
                byDefault();
            }
        }
    }
}
