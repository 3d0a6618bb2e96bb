using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Http;

namespace Gatehouse.Registry.Layouts;

/// <summary>An OCI image layout in a directory, read. Source: OCI image-spec image-layout.md. Nothing is read through symbolic links.</summary>
public sealed class OciLayout
{
    /// <summary>The annotation that names an entry's tag.</summary>
    public const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>Bytes of the index and of each manifest.</summary>
    public const int MaxManifestBytes = 4 * 1024 * 1024;

    private OciLayout(string root, IReadOnlyList<Descriptor> manifests) => (Root, Manifests) = (root, manifests);

    public string Root { get; }

    /// <summary>The entries of <c>index.json</c>.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; }

    public static async Task<Result<OciLayout>> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var marker = await ReadFileAsync(root, "oci-layout", 4096, cancellationToken);
        if (!marker.TryGet(out var version, out var error))
        {
            return error;
        }

        try
        {
            using var layout = JsonFields.Parse(version);
            var written = JsonFields.Text(layout.RootElement, "imageLayoutVersion");
            if (written?.StartsWith("1.", StringComparison.Ordinal) != true)
            {
                return LayoutErrors.Malformed($"{root}/oci-layout", $"its imageLayoutVersion is '{written}'; allowed: 1.0.0");
            }
        }
        catch (FormatException e)
        {
            return LayoutErrors.Malformed($"{root}/oci-layout", e.Message);
        }

        var index = await ReadFileAsync(root, "index.json", MaxManifestBytes, cancellationToken);
        return index.Then(content => ManifestDocument.Parse(MediaTypes.OciIndex, content)).Map(document => new OciLayout(root, document.Manifests));
    }

    /// <param name="name">A tag as <see cref="RefName"/> has it, or a digest; null for the only entry.</param>
    public Result<Descriptor> Find(string? name)
    {
        var found = name is null
            ? Manifests
            : Manifests.Where(entry => entry.Digest.ToString() == name || entry.Annotations?.GetValueOrDefault(RefName) == name).ToList();
        return found.Count == 1 ? found[0] : LayoutErrors.NotOne(Root, name, Manifests);
    }

    /// <summary>The verified bytes of a manifest.</summary>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadManifestAsync(Digest digest, CancellationToken cancellationToken)
    {
        var read = await ReadFileAsync(Root, PathOf(digest), MaxManifestBytes, cancellationToken);
        return read.Then<ReadOnlyMemory<byte>>(content => digest.Matches(content.Span) ? content : LayoutErrors.WrongDigest(PathOf(digest), digest));
    }

    /// <summary>A blob, whose digest is checked as it is read: the read that finds it wrong throws <see cref="Client.BlobDigestException"/>.</summary>
    public Result<Stream> OpenBlob(Descriptor blob)
    {
        var path = PathOf(blob.Digest);
        return Check(Root, path).Then<Stream>(file => file.Length == blob.Size
            ? new VerifyingStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan), blob.Digest)
            : LayoutErrors.Malformed(path, $"it has {file.Length} bytes, its descriptor says {blob.Size}"));
    }

    // A Digest holds only its algorithm and hex, so it cannot lead out of the directory.
    private string PathOf(Digest digest) => Path.Combine(Root, "blobs", digest.Algorithm, digest.Hex);

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadFileAsync(string root, string name, int limit, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, name);
        if (!Check(root, path).TryGet(out _, out var error))
        {
            return error;
        }

        try
        {
            await using var file = File.OpenRead(path);
            return (ReadOnlyMemory<byte>)await BoundedBody.ReadAsync(file, limit, cancellationToken);
        }
        catch (BodyTooLargeException e)
        {
            return LayoutErrors.Malformed(path, e.Message);
        }
    }

    // The layout's own parts; where the layout itself lies is the caller's business.
    private static Result<FileInfo> Check(string root, string path)
    {
        var file = new FileInfo(path);
        for (FileSystemInfo part = file; part.FullName != root; part = part is FileInfo leaf ? leaf.Directory! : ((DirectoryInfo)part).Parent!)
        {
            if (part.LinkTarget is not null)
            {
                return LayoutErrors.Malformed(part.FullName, "it is a symbolic link");
            }
        }

        return file.Exists ? file : LayoutErrors.Missing(path);
    }
}
