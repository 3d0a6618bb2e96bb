using System.Text.Json.Serialization;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>An artifact of one layer that refers to an image; its exact bytes, for its digest is over them.</summary>
/// <param name="Layer">The content that <paramref name="Manifest"/> points at.</param>
public sealed record ReferrerArtifact(string MediaType, byte[] Manifest, string LayerType, byte[] Layer, byte[] Config)
{
    [JsonIgnore]
    public Digest Digest { get; } = Digest.OfBytes(Manifest);
}
