using System.Buffers.Text;
using System.Text.Json;

namespace Gatehouse.Emulator.KeyVault;

/// <summary>Key Vault's documents. Source: Key Vault REST API 7.4, KeyBundle and KeyListResult.</summary>
internal static class VaultJson
{
    public static void Key(Utf8JsonWriter writer, string kid, VaultKeyVersion version)
    {
        var point = version.PublicKey.Q;
        writer.WriteStartObject();
        writer.WriteStartObject("key");
        writer.WriteString("kid", kid);
        writer.WriteString("kty", "EC");
        writer.WriteStartArray("key_ops");
        writer.WriteStringValue("sign");
        writer.WriteStringValue("verify");
        writer.WriteEndArray();
        writer.WriteString("crv", "P-256");
        writer.WriteString("x", Base64Url.EncodeToString(point.X));
        writer.WriteString("y", Base64Url.EncodeToString(point.Y));
        writer.WriteEndObject();
        Attributes(writer, version);
        writer.WriteEndObject();
    }

    public static void Versions(Utf8JsonWriter writer, Func<VaultKeyVersion, string> kid, IEnumerable<VaultKeyVersion> versions)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("value");
        foreach (var version in versions)
        {
            writer.WriteStartObject();
            writer.WriteString("kid", kid(version));
            Attributes(writer, version);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("nextLink");
        writer.WriteEndObject();
    }

    public static void Signature(Utf8JsonWriter writer, string kid, byte[] signature)
    {
        writer.WriteStartObject();
        writer.WriteString("kid", kid);
        writer.WriteString("value", Base64Url.EncodeToString(signature));
        writer.WriteEndObject();
    }

    /// <param name="inner">The more precise code; null for none.</param>
    public static void Error(Utf8JsonWriter writer, string code, string message, string? inner)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("code", code);
        writer.WriteString("message", message);
        if (inner is not null)
        {
            writer.WriteStartObject("innererror");
            writer.WriteString("code", inner);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Attributes(Utf8JsonWriter writer, VaultKeyVersion version)
    {
        writer.WriteStartObject("attributes");
        writer.WriteBoolean("enabled", version.Enabled);
        writer.WriteNumber("created", version.Created.ToUnixTimeSeconds());
        writer.WriteNumber("updated", version.Created.ToUnixTimeSeconds());
        writer.WriteString("recoveryLevel", "Recoverable+Purgeable");
        writer.WriteEndObject();
    }
}
