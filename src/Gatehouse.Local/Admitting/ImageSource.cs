using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Local.Hosting;
using Gatehouse.Registry.Layouts;

namespace Gatehouse.Local.Admitting;

/// <summary>Turns what was typed into a reference that the workflow can resolve.</summary>
internal static class ImageSource
{
    private const string LayoutPrefix = "oci:";

    /// <summary>A reference stays what it is. A layout is pushed into the local upstream registry, and is admitted from there.</summary>
    public static async Task<Result<ImageReference>> OpenAsync(string image, LocalEstate estate, CancellationToken cancellationToken)
    {
        if (!image.StartsWith(LayoutPrefix, StringComparison.Ordinal))
        {
            return ImageReference.Parse(image);
        }

        var (path, tag) = Split(image[LayoutPrefix.Length..]);
        if (!(await OciLayout.OpenAsync(path, cancellationToken)).TryGet(out var layout, out var error)
            || !layout.Find(tag).TryGet(out var manifest, out error))
        {
            return error;
        }

        var repository = RepositoryOf(path);
        var name = tag is not null && ImageReference.IsTag(tag) ? tag : null;
        var pushed = await LayoutPusher.PushAsync(layout, tag, estate.Upstream, repository, name, cancellationToken);
        return pushed.TryGet(out var digest, out var failure)
            ? new ImageReference(estate.UpstreamHost, repository, name, digest)
            : new Error(ErrorKind.Unavailable, "layout-not-pushed", $"The layout could not be read into the local registry: {failure.Message}", manifest.Digest.ToString());
    }

    /// <summary><c>DIR:TAG</c>; a folder that has that very name wins.</summary>
    private static (string Path, string? Tag) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon <= 0 || Directory.Exists(text) || colon < text.LastIndexOf(Path.DirectorySeparatorChar)
            ? (text, null)
            : (text[..colon], text[(colon + 1)..]);
    }

    private static string RepositoryOf(string path)
    {
        var name = new string([.. Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]);
        return "layouts/" + (name.Length == 0 ? "image" : name);
    }
}
