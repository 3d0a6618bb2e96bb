using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Layouts;

/// <summary>Pushes an image from a layout on disk to a registry.</summary>
public static class LayoutPusher
{
    /// <param name="name">The layout's entry: a tag, a digest, or null for its only one.</param>
    /// <param name="tag">What it is called in the registry; null pushes by digest only.</param>
    public static async Task<RegistryResult<Digest>> PushAsync(OciLayout layout, string? name, IRegistryClient target, string repository, string? tag, CancellationToken cancellationToken) =>
        layout.Find(name).TryGet(out var entry, out var error)
            ? await new ImagePusher(new LayoutSource(layout), target, repository).PushAsync(entry.Digest, tag, 0, cancellationToken)
            : Failures.Refused($"READ {layout.Root}", error.Message);
}
