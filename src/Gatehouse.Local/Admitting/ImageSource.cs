using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Local.Hosting;
using Gatehouse.Registry.Layouts;

namespace Gatehouse.Local.Admitting;

/// <summary>What was typed: a reference, or an OCI image layout on disk.</summary>
internal sealed class ImageSource
{
    private const string LayoutPrefix = "oci:";

    private readonly ImageReference? _reference;
    private readonly OciLayout? _layout;
    private readonly string? _name;

    private ImageSource(ImageReference reference) => _reference = reference;

    private ImageSource(OciLayout layout, string? name) => (_layout, _name) = (layout, name);

    /// <summary>Reads it as far as that needs no estate.</summary>
    public static async Task<Result<ImageSource>> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (!text.StartsWith(LayoutPrefix, StringComparison.Ordinal))
        {
            return ImageReference.Parse(text).Map(reference => new ImageSource(reference));
        }

        var (path, name) = Split(text[LayoutPrefix.Length..]);
        if (path.Length == 0)
        {
            return new Error(ErrorKind.Invalid, "layout-unnamed", "'oci:' names no folder; write oci:DIR or oci:DIR:TAG.", "IMAGE");
        }

        return (await OciLayout.OpenAsync(path, cancellationToken)).Then(layout => layout.Find(name).Map(_ => new ImageSource(layout, name)));
    }

    /// <summary>The reference that the workflow can resolve. A layout is pushed into the local upstream registry, and is admitted from there.</summary>
    public async Task<Result<ImageReference>> PublishAsync(LocalEstate estate, CancellationToken cancellationToken)
    {
        if (_layout is null)
        {
            return _reference!;
        }

        var repository = RepositoryOf(_layout.Root);
        var tag = ImageReference.IsTag(_name) ? _name : null;
        var pushed = await LayoutPusher.PushAsync(_layout, _name, estate.Upstream, repository, tag, cancellationToken);
        return pushed.TryGet(out var digest, out var failure)
            ? new ImageReference(estate.UpstreamHost, repository, tag, digest)
            : new Error(ErrorKind.Unavailable, "layout-not-pushed", $"The layout could not be read into the local registry: {failure.Message}");
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
