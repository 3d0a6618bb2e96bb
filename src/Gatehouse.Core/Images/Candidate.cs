using System.Text.Json.Serialization;

namespace Gatehouse.Core.Images;

/// <summary>A pointer to content. Source: OCI image-spec descriptor.md.</summary>
/// <param name="Size">Bytes.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    public Platform? Platform { get; init; }

    public string? ArtifactType { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>A sum that stays at the largest number instead of overflowing, for manifests can claim any size.</summary>
    internal static long AddSizes(long sum, long size) => size > 0 && sum > long.MaxValue - size ? long.MaxValue : sum + size;
}

/// <summary>One platform's image inside a candidate.</summary>
/// <param name="Created">From the image configuration; publishers may set it to anything, so it is a claim.</param>
public sealed record PlatformImage(Platform Platform, Descriptor Manifest, Descriptor Config, IReadOnlyList<Descriptor> Layers, DateTimeOffset? Created)
{
    /// <summary>Configuration and layers, bytes as transferred.</summary>
    public long CompressedBytes => Layers.Aggregate(Config.Size, (sum, layer) => Descriptor.AddSizes(sum, layer.Size));
}

/// <summary>What a referrer refers to, and what old clients find it by.</summary>
/// <param name="Tag">Of cosign's older layout, e.g. <c>sha256-….sig</c>; null when the manifest names its subject itself.</param>
public sealed record ReferrerLink(Digest Referrer, Digest Subject, string? Tag = null);

/// <summary>The image an intake resolved to: immutable from here on, whatever the upstream tag does.</summary>
/// <param name="Source">As requested, with the digest filled in.</param>
/// <param name="Digest">Of the index, or of the manifest when the image has one platform.</param>
/// <param name="ManifestSize">Bytes of the document behind <paramref name="Digest"/>.</param>
/// <param name="Referrers">Signatures, SBOMs, attestations: what refers to the image or its platforms, what refers to those in turn, and the index's entries that no host could run.</param>
public sealed record Candidate(
    ImageReference Source,
    Digest Digest,
    string MediaType,
    long ManifestSize,
    IReadOnlyList<PlatformImage> Platforms,
    IReadOnlyList<Descriptor> Referrers,
    DateTimeOffset ResolvedAt)
{
    /// <summary>How the referrers hang together; entries of the index have none.</summary>
    public IReadOnlyList<ReferrerLink> Links { get; init; } = [];

    /// <summary>Those of <see cref="Referrers"/> that are entries of the index, and come along when it is copied.</summary>
    public IReadOnlyList<Digest> Parts { get; init; } = [];

    /// <summary>What has to be copied by a digest of its own.</summary>
    [JsonIgnore]
    public IEnumerable<Digest> Roots => Referrers.Select(referrer => referrer.Digest).Except(Parts).Prepend(Digest);

    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>Bytes of all distinct configurations and layers, as transferred. Sizes are claims: of two for one digest the larger counts, and a sum beyond 2^63-1 stays there.</summary>
    public long CompressedBytes => Platforms
        .SelectMany(platform => platform.Layers.Append(platform.Config))
        .GroupBy(blob => blob.Digest)
        .Aggregate(0L, (sum, blobs) => Descriptor.AddSizes(sum, blobs.Max(blob => blob.Size)));
}
