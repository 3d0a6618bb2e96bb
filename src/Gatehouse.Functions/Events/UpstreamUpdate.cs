using Gatehouse.Core.Images;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Events;

/// <summary>A tag was pushed upstream.</summary>
internal sealed record UpstreamUpdate(string EventId, ImageReference Image)
{
    /// <summary>The type of our own custom topic's events; <c>data</c> is <c>{"image":"docker.io/library/alpine:3.20@sha256:…"}</c>, the digest optional.</summary>
    public const string TagPushed = "Gatehouse.Upstream.TagPushed";

    /// <summary>Also takes the push events of an upstream that is itself an Azure registry. Null for other types.</summary>
    /// <param name="host">As for <see cref="RegistryPush.Read"/>.</param>
    public static Result<UpstreamUpdate?> Read(GridEvent source, string? host) => source.Type switch
    {
        TagPushed => Read(source.Id, source.Data.Text("image")),
        RegistryPush.ImagePushed => RegistryPush.Read(source, host).Then(push => push?.Tag is null
            ? (UpstreamUpdate?)null
            : Read(source.Id, $"{push.LoginServer}/{push.Repository}:{push.Tag}@{push.Digest}")),
        _ => (UpstreamUpdate?)null,
    };

    private static Result<UpstreamUpdate?> Read(string id, string? image) =>
        ImageReference.Parse(image).Map(reference => (UpstreamUpdate?)new UpstreamUpdate(id, reference));
}
