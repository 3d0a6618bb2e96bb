using System.Text.Json;

namespace Gatehouse.Functions.Admission;

/// <summary>The images a Kubernetes object would run: of a pod, or of the pod template of a workload.</summary>
internal static class PodImages
{
    private static readonly string[] ContainerLists = ["containers", "initContainers", "ephemeralContainers"];

    /// <summary>Null when the object has no pod specification we can find; that is denied, never passed over.</summary>
    public static IReadOnlyList<string>? Find(JsonElement manifest) =>
        FindSpec(manifest) is { } spec ? [.. ContainerLists.SelectMany(list => Images(spec, list))] : null;

    public static IEnumerable<string> Images(JsonElement spec, string list)
    {
        if (!Member(spec, list, out var containers) || containers.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var container in containers.EnumerateArray())
        {
            // A container without a readable image is an image nobody released.
            yield return Member(container, "image", out var image) && image.ValueKind == JsonValueKind.String ? image.GetString()! : string.Empty;
        }
    }

    /// <summary><c>spec</c> of a pod; <c>spec.template.spec</c> of a workload; <c>spec.jobTemplate.spec.template.spec</c> of a cron job.</summary>
    private static JsonElement? FindSpec(JsonElement manifest)
    {
        if (!Member(manifest, "spec", out var spec))
        {
            return null;
        }

        if (Member(spec, "jobTemplate", out var job) && Member(job, "spec", out var jobSpec))
        {
            spec = jobSpec;
        }

        if (Member(spec, "template", out var template) && Member(template, "spec", out var podSpec))
        {
            spec = podSpec;
        }

        return Member(spec, "containers", out _) || Member(spec, "ephemeralContainers", out _) ? spec : null;
    }

    private static bool Member(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value);
    }
}
