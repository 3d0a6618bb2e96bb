namespace Gatehouse.Functions.Tests.Support;

/// <summary>Events as Event Grid writes them. Source: EventGrid data-plane examples, Microsoft.ContainerRegistry 2018-01-01.</summary>
internal static class GridEvents
{
    /// <summary>EventGridSchema.</summary>
    public static string Push(string id, string repository = "samples/nginx", string? digest = null) => $$$"""
        {"id":"{{{id}}}","topic":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/reg","subject":"{{{repository}}}:latest",
         "eventType":"Microsoft.ContainerRegistry.ImagePushed","eventTime":"2021-09-08T06:37:45.66Z","dataVersion":"2.0","metadataVersion":"1","data":{{{Data(id, repository, digest)}}} }
        """;

    public static string CloudPush(string id, string repository = "samples/nginx", string? digest = null) => $$$"""
        {"id":"{{{id}}}","source":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/reg","subject":"{{{repository}}}:latest",
         "type":"Microsoft.ContainerRegistry.ImagePushed","time":"2021-09-08T06:37:45.66Z","specversion":"1.0","data":{{{Data(id, repository, digest)}}} }
        """;

    /// <summary>Of the custom topic.</summary>
    public static string Upstream(string id, string image) => $$$"""
        {"id":"{{{id}}}","source":"urn:upstreams","subject":"x","type":"Gatehouse.Upstream.TagPushed","time":"2021-09-08T06:37:45Z","specversion":"1.0","data":{"image":"{{{image}}}"} }
        """;

    public const string CloudWithoutData =
        """{"id":"no-data","source":"/subscriptions/s/registries/reg","type":"Microsoft.ContainerRegistry.ImagePushed","specversion":"1.0"}""";

    public static string Batch(params string[] events) => $"[{string.Join(',', events)}]";

    private static string Data(string id, string repository, string? digest) => $$$"""
        {"id":"{{{id}}}","timestamp":"2021-09-08T06:37:45.4681009Z","action":"push","location":"westus",
         "target":{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","size":1153,"digest":"{{{digest ?? Samples.Digest.ToString()}}}","length":1153,"repository":"{{{repository}}}","tag":"latest"},
         "request":{"id":"9f8f","host":"reg.azurecr.io","method":"PUT","useragent":"docker/20.10.7"} }
        """;
}
