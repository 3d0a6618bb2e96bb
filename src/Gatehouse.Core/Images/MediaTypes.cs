namespace Gatehouse.Core.Images;

/// <summary>Media types of manifests, configurations and layers. Source: OCI image-spec media-types.md, Docker image manifest v2 schema 2.</summary>
public static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string OciEmpty = "application/vnd.oci.empty.v1+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>Every manifest type, in order of preference; without the index types some registries convert to one platform and so to another digest.</summary>
    public static IReadOnlyList<string> AcceptedManifests { get; } = [OciIndex, DockerList, OciManifest, DockerManifest];

    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerList;

    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;
}
