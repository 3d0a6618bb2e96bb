using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Images;

namespace Gatehouse.Azure.Replicas;

/// <summary>
/// The documents of <c>/acr/v1</c>, read leniently: lists may be null or absent, and an attribute nobody set is true.
/// Source: azure-rest-api-specs Azure.ContainerRegistry 2021-07-01.
/// </summary>
internal static class AcrAttributes
{
    public const string Passed = "Passed";

    /// <summary>What a PATCH sends to lock a tag or a manifest.</summary>
    public static ReadOnlyMemory<byte> Lock { get; } = """{"writeEnabled":false,"deleteEnabled":false}"""u8.ToArray();

    /// <summary>What lets a tag move again; it stays undeletable.</summary>
    public static ReadOnlyMemory<byte> AllowWriting { get; } = """{"writeEnabled":true}"""u8.ToArray();

    /// <summary>Neither writable nor deletable.</summary>
    public static bool IsLocked(JsonElement row) => !IsEnabled(row, "writeEnabled") && !IsEnabled(row, "deleteEnabled");

    public static bool IsEnabled(JsonElement row, string attribute) =>
        !row.TryGetProperty("changeableAttributes", out var attributes)
        || attributes.ValueKind != JsonValueKind.Object
        || !attributes.TryGetProperty(attribute, out var value)
        || value.ValueKind != JsonValueKind.False;

    public static Digest? DigestOf(JsonElement row) =>
        row.TryGetProperty("digest", out var value) && value.ValueKind == JsonValueKind.String && Digest.TryParse(value.GetString(), out var digest) ? digest : null;

    /// <summary>Source: Azure/acr docs/preview/quarantine; where in the row it stands is not written down, so both places are read.</summary>
    public static string? QuarantineOf(JsonElement row) =>
        QuarantineIn(row) ?? (row.TryGetProperty("changeableAttributes", out var attributes) && attributes.ValueKind == JsonValueKind.Object ? QuarantineIn(attributes) : null);

    /// <summary>Whether normal readers get it: it may be read, and is in no quarantine.</summary>
    public static bool IsReadable(JsonElement row) =>
        IsEnabled(row, "readEnabled") && (QuarantineOf(row) is not { } state || state.Equals(Passed, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a PATCH sends to let a manifest out of quarantine.</summary>
    public static ReadOnlyMemory<byte> Pass(string details) =>
        JsonSerializer.SerializeToUtf8Bytes(new QuarantinePatch(Passed, details), QuarantineJson.Default.QuarantinePatch);

    public static string Tag(string repository, string tag) => $"/acr/v1/{repository}/_tags/{tag}";

    public static string Manifest(string repository, Digest digest) => $"/acr/v1/{repository}/_manifests/{digest}";

    public static string ReadScope(string repository) => $"repository:{repository}:metadata_read";

    public static string WriteScope(string repository) => $"repository:{repository}:metadata_write";

    private static string? QuarantineIn(JsonElement owner) =>
        owner.TryGetProperty("quarantineState", out var state) && state.ValueKind == JsonValueKind.String && state.GetString() is { Length: > 0 } text ? text : null;
}

/// <param name="QuarantineDetails">JSON, as a string.</param>
internal sealed record QuarantinePatch(string QuarantineState, string QuarantineDetails);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QuarantinePatch))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
