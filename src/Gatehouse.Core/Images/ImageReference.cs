using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Images;

/// <summary>
/// A reference to an image at a registry, normalised as Docker does it: no registry means <c>docker.io</c>, one path segment there
/// means <c>library/</c>, neither tag nor digest means the tag <c>latest</c>.
/// Source: distribution/reference, OCI distribution-spec "Pulling manifests".
/// </summary>
/// <param name="Registry">Host and optional port, lower case; <c>docker.io</c> for Docker Hub.</param>
/// <param name="Repository">Path within the registry, e.g. <c>library/alpine</c>.</param>
/// <param name="Tag">The tag, if one was given or defaulted; may accompany a digest.</param>
/// <param name="Digest">The digest, if one was given.</param>
[JsonConverter(typeof(ImageReferenceJsonConverter))]
public sealed record ImageReference(string Registry, string Repository, string? Tag, Digest? Digest)
{
    /// <summary>The registry an unqualified reference means.</summary>
    public const string DockerHub = "docker.io";

    /// <summary>Host and repository together. Source: OCI distribution-spec.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Name, tag and the longest digest, with room to spare.</summary>
    private const int MaxTextLength = 600;

    /// <summary>Registry and repository without tag or digest; what policy patterns are matched against.</summary>
    public string Name => $"{Registry}/{Repository}";

    /// <summary>What follows <c>/manifests/</c>: the digest if there is one, else the tag.</summary>
    public string ManifestReference => Digest?.ToString() ?? Tag ?? "latest";

    public static Result<ImageReference> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Malformed(text, "it is empty");
        }

        if (text.Length > MaxTextLength)
        {
            return Malformed(text[..64] + "…", $"it exceeds {MaxTextLength} characters");
        }

        var rest = text.Trim();
        Digest? digest = null;
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Images.Digest.Parse(rest[(at + 1)..]).TryGet(out var parsed, out var error))
            {
                return Malformed(text, error.Message);
            }

            (digest, rest) = (parsed, rest[..at]);
        }

        string? tag = null;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            (tag, rest) = (rest[(colon + 1)..], rest[..colon]);
            if (!IsTag(tag))
            {
                return Malformed(text, $"'{tag}' is not a tag; a tag has 1 to 128 letters, digits, '_', '.' or '-', and does not start with '.' or '-'");
            }
        }

        var (registry, repository) = SplitRegistry(rest);
        if (!RegistryHost.IsValid(registry))
        {
            return Malformed(text, $"'{registry}' is not a registry host");
        }

        if (registry.Length + 1 + repository.Length > MaxNameLength)
        {
            return Malformed(text, $"registry and repository together exceed {MaxNameLength} characters");
        }

        return !IsRepository(repository)
            ? Malformed(text, $"'{repository}' is not a repository; use lower-case letters and digits, separated by '.', '_', '__' or '-', in segments joined by '/'")
            : new ImageReference(registry, repository, tag ?? (digest is null ? "latest" : null), digest);
    }

    public static bool IsTag(string? text) => text is not null && ReferenceGrammar.IsTag(text);

    public static bool IsRepository(string? text) => text is { Length: <= MaxNameLength } && ReferenceGrammar.IsRepository(text);

    public ImageReference WithDigest(Digest digest) => this with { Digest = digest };

    public override string ToString() =>
        Name + (Tag is null ? string.Empty : ":" + Tag) + (Digest is null ? string.Empty : "@" + Digest);

    private static (string Registry, string Repository) SplitRegistry(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? string.Empty : name[..slash];
        var named = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var (registry, repository) = named ? (RegistryHost.Normalise(first), name[(slash + 1)..]) : (DockerHub, name);
        if (registry is "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com")
        {
            registry = DockerHub;
        }

        return registry == DockerHub && !repository.Contains('/', StringComparison.Ordinal)
            ? (registry, "library/" + repository)
            : (registry, repository);
    }

    private static Error Malformed(string? text, string why) =>
        new(ErrorKind.Invalid, "reference-malformed", $"'{text}' is not an image reference: {why}.", "image");
}

internal sealed class ImageReferenceJsonConverter : JsonConverter<ImageReference>
{
    public override ImageReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ImageReference.Parse(reader.GetString()).TryGet(out var reference, out var error) ? reference : throw new JsonException(error.Message);

    public override void Write(Utf8JsonWriter writer, ImageReference value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
