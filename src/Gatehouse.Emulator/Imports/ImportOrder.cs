using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;

namespace Gatehouse.Emulator.Imports;

/// <param name="Tag">Null to leave the image untagged there.</param>
internal sealed record ImportTarget(string Repository, string? Tag);

/// <summary>The body of <c>importImage</c>, understood. Source: ARM Microsoft.ContainerRegistry 2025-11-01.</summary>
/// <param name="Host">The registry host; null when <paramref name="ResourceId"/> names the source.</param>
/// <param name="Reference">Tag or digest.</param>
internal sealed record ImportOrder(
    string? Host,
    string? ResourceId,
    ImportCredentials? Credentials,
    string Repository,
    string Reference,
    IReadOnlyList<ImportTarget> Targets,
    bool Force)
{
    public string Source => $"{Host ?? ResourceId}/{Repository}{(Reference.Contains(':', StringComparison.Ordinal) ? '@' : ':')}{Reference}";

    /// <summary>What ARM checks before it accepts an import.</summary>
    public static Result<ImportOrder> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Parse(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Invalid("body", $"The request content is not a valid import: {exception.Message}");
        }
    }

    private static Result<ImportOrder> Parse(JsonElement root)
    {
        if (!root.TryGetProperty("source", out var source) || source.ValueKind != JsonValueKind.Object)
        {
            return Invalid("source", "The parameter 'source' is required.");
        }

        var (host, resourceId, image) = (Text(source, "registryUri"), Text(source, "resourceId"), Text(source, "sourceImage"));
        if (host is null == resourceId is null)
        {
            return Invalid("source", "Give exactly one of 'source.registryUri' and 'source.resourceId'.");
        }

        if (host is not null && !IsHost(host))
        {
            return Invalid("source.registryUri", $"'source.registryUri' is '{host}'; allowed: a host and optional port, without scheme or path.");
        }

        if (image is null || !ImageReference.Parse("source.invalid/" + image).TryGet(out var reference, out _))
        {
            return Invalid("source.sourceImage", $"'source.sourceImage' is '{image}'; allowed: repository[:tag] or repository@sha256:<hex>.");
        }

        ImportCredentials? credentials = null;
        if (source.TryGetProperty("credentials", out var given) && given.ValueKind == JsonValueKind.Object)
        {
            if (Text(given, "password") is not { Length: > 0 } password)
            {
                return Invalid("source.credentials.password", "'source.credentials.password' is required when credentials are given.");
            }

            credentials = new ImportCredentials(Text(given, "username") ?? string.Empty, password);
            if (credentials.Username.Contains(':', StringComparison.Ordinal))
            {
                return Invalid("source.credentials.username", "'source.credentials.username' has a ':'; allowed: a name without one, as Basic authentication wants it.");
            }
        }

        var mode = Text(root, "mode") ?? "NoForce";
        return mode is not ("NoForce" or "Force")
            ? Invalid("mode", $"'mode' is '{mode}'; allowed: NoForce, Force.")
            : ParseTargets(root).Map(targets => new ImportOrder(host, resourceId, credentials, reference.Repository, reference.ManifestReference, targets, mode == "Force"));
    }

    /// <summary>What no host is would read as the first part of the repository.</summary>
    private static bool IsHost(string text) => ImageReference.Parse(text + "/a/b").TryGet(out var reference, out _) && reference is { Repository: "a/b", Digest: null };

    private static Result<List<ImportTarget>> ParseTargets(JsonElement root)
    {
        var targets = new List<ImportTarget>();
        foreach (var target in Strings(root, "targetTags"))
        {
            if (!ImageReference.Parse("target.invalid/" + target).TryGet(out var parsed, out _) || parsed.Digest is not null)
            {
                return Invalid("targetTags", $"'targetTags' has '{target}'; allowed: repository[:tag].");
            }

            targets.Add(new ImportTarget(parsed.Repository, parsed.Tag));
        }

        foreach (var target in Strings(root, "untaggedTargetRepositories"))
        {
            if (!ImageReference.IsRepository(target))
            {
                return Invalid("untaggedTargetRepositories", $"'untaggedTargetRepositories' has '{target}'; allowed: a repository without tag.");
            }

            targets.Add(new ImportTarget(target, null));
        }

        return targets.Count == 0 ? Invalid("targetTags", "Give at least one of 'targetTags' and 'untaggedTargetRepositories'.") : targets;
    }

    private static IEnumerable<string> Strings(JsonElement root, string name) =>
        root.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray().Select(item => item.GetString() ?? string.Empty) : [];

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static Error Invalid(string field, string message) => new(ErrorKind.Invalid, "InvalidRequest", message, field);
}
