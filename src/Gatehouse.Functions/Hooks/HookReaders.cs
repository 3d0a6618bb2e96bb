using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Events;

namespace Gatehouse.Functions.Hooks;

/// <summary>What each upstream's webhook says was pushed, as image references. An empty list: an event that is no push of a tag.</summary>
internal static class HookReaders
{
    /// <summary>References taken from one call; more would be a batch no upstream sends.</summary>
    public const int MaxImages = 100;

    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<string>>> Readers = new()
    {
        ["dockerhub"] = DockerHub,
        ["harbor"] = Harbor,
        ["diun"] = Diun,
        ["ghcr"] = Ghcr,
        ["quay"] = Quay,
    };

    public static IReadOnlyCollection<string> Sources => Readers.Keys;

    public static Result<IReadOnlyList<ImageReference>> Read(string source, JsonElement body)
    {
        if (!Readers.TryGetValue(source, out var reader))
        {
            return new Error(ErrorKind.NotFound, "hook-unknown", $"There is no hook '{source}'.", "source") { Allowed = [.. Sources] };
        }

        var images = new List<ImageReference>();
        foreach (var text in reader(body).Take(MaxImages))
        {
            if (!ImageReference.Parse(text).TryGet(out var image, out var error))
            {
                return error;
            }

            images.Add(image);
        }

        return images;
    }

    /// <summary>Docker Hub: <c>{"push_data":{"tag"},"repository":{"repo_name"}}</c>.</summary>
    private static IEnumerable<string> DockerHub(JsonElement body)
    {
        if (body.Text("repository", "repo_name") is { } name && body.Text("push_data", "tag") is { } tag)
        {
            yield return $"docker.io/{name}:{tag}";
        }
    }

    /// <summary>Harbor: <c>PUSH_ARTIFACT</c> in its own format, or CloudEvents <c>harbor.artifact.pushed</c>.</summary>
    private static IEnumerable<string> Harbor(JsonElement body)
    {
        var own = body.Text("type") == "PUSH_ARTIFACT" && body.TryGetProperty("event_data", out var data);
        var cloud = !own && body.Text("type") == "harbor.artifact.pushed" && body.TryGetProperty("data", out data);
        return own || cloud
            ? Items(body.GetProperty(own ? "event_data" : "data"), "resources").Select(HarborResource).OfType<string>()
            : [];
    }

    private static string? HarborResource(JsonElement resource)
    {
        var url = resource.Text("resource_url");
        var tagged = resource.Text("tag") is { Length: > 0 } tag && ImageReference.IsTag(tag);
        return url is null || !tagged || url.Contains('@', StringComparison.Ordinal) ? null
            : resource.Text("digest") is { } digest ? $"{url}@{digest}" : url;
    }

    /// <summary>Diun: <c>{"status":"new|update","image","digest"}</c>.</summary>
    private static IEnumerable<string> Diun(JsonElement body)
    {
        if (body.Text("status") is "new" or "update" && body.Text("image") is { } image)
        {
            yield return body.Text("digest") is { Length: > 0 } digest && !image.Contains('@', StringComparison.Ordinal) ? $"{image}@{digest}" : image;
        }
    }

    /// <summary>GitHub <c>registry_package</c> or <c>package</c> event, action published or updated, of a container with a tag.</summary>
    private static IEnumerable<string> Ghcr(JsonElement body)
    {
        var package = body.TryGetProperty("registry_package", out var found) || body.TryGetProperty("package", out found) ? found : default;
        var tag = package.ValueKind == JsonValueKind.Object && package.TryGetProperty("package_version", out var version)
            ? version.Text("container_metadata", "tag", "name")
            : null;
        if (body.Text("action") is "published" or "updated" && package.Text("package_type")?.ToUpperInvariant() == "CONTAINER"
            && package.Text("namespace") is { } owner && package.Text("name") is { } name && !string.IsNullOrEmpty(tag))
        {
            yield return $"ghcr.io/{owner}/{name}:{tag}".ToLowerInvariant();
        }
    }

    /// <summary>Quay: <c>{"docker_url":"quay.io/org/repo","updated_tags":["v1"]}</c>; older ones have an object keyed by tag.</summary>
    private static IEnumerable<string> Quay(JsonElement body)
    {
        if (body.Text("docker_url") is not { } url || !body.TryGetProperty("updated_tags", out var tags))
        {
            return [];
        }

        var names = tags.ValueKind switch
        {
            JsonValueKind.Array => Items(body, "updated_tags").Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!),
            JsonValueKind.Object => tags.EnumerateObject().Select(tag => tag.Name),
            _ => [],
        };
        return names.Select(tag => $"{url}:{tag}");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;
}
