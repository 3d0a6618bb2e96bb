using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Images;

/// <summary>Operating system, architecture and optional variant, written <c>linux/arm64/v8</c>. Source: OCI image-spec, image-index.md (platform).</summary>
[JsonConverter(typeof(PlatformJsonConverter))]
public sealed record Platform(string Os, string Architecture, string? Variant = null)
{
    /// <summary>The platform BuildKit gives to attestations, which no host runs.</summary>
    public bool IsUnknown => Os == "unknown" || Architecture == "unknown";

    public static Result<Platform> Parse(string? text)
    {
        var parts = (text ?? string.Empty).Split('/');
        return parts.Length is 2 or 3 && parts.All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            ? new Platform(parts[0], parts[1], parts.Length == 3 ? parts[2] : null)
            : new Error(ErrorKind.Invalid, "platform-malformed", $"'{text}' is not a platform; write os/architecture[/variant], e.g. linux/amd64 or linux/arm64/v8.", "platform");
    }

    /// <summary>What an image without a variant means. Source: containerd, platforms/database.go (normalizeArch).</summary>
    private string? VariantOrDefault => (Architecture, Variant) switch
    {
        (_, not null) => Variant,
        ("arm64", null) => "v8",
        ("arm", null) => "v7",
        ("amd64", null) => "v1",
        _ => null,
    };

    /// <summary>Whether an image for this platform serves a demand for <paramref name="wanted"/>; a demand without a variant takes any.</summary>
    public bool Satisfies(Platform wanted) =>
        Os == wanted.Os && Architecture == wanted.Architecture && (wanted.Variant is null || wanted.Variant == VariantOrDefault);

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}

internal sealed class PlatformJsonConverter : JsonConverter<Platform>
{
    public override Platform Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Platform.Parse(reader.GetString()).TryGet(out var platform, out var error) ? platform : throw new JsonException(error.Message);

    public override void Write(Utf8JsonWriter writer, Platform value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
