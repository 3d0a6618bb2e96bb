using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Layouts;

/// <summary>Writes an OCI image layout. Blobs appear under their name only when complete; the index is written by <see cref="FinishAsync"/>.</summary>
public sealed class OciLayoutWriter
{
    private readonly List<Descriptor> _manifests = [];
    private readonly string _root;
    private int _partial;

    private OciLayoutWriter(string root) => _root = root;

    /// <summary>Starts a layout in <paramref name="directory"/>, which is created if need be; blobs that are there stay.</summary>
    public static async Task<OciLayoutWriter> CreateAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
        await File.WriteAllTextAsync(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""", cancellationToken);
        return new OciLayoutWriter(directory);
    }

    public Task<Descriptor> AddBlobAsync(string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        AddBlobAsync(mediaType, new MemoryStream(content.ToArray(), writable: false), cancellationToken);

    /// <summary>Stores what the stream holds, whatever its size, and describes it.</summary>
    public async Task<Descriptor> AddBlobAsync(string mediaType, Stream content, CancellationToken cancellationToken)
    {
        var partial = Path.Combine(_root, "blobs", $"partial-{Interlocked.Increment(ref _partial)}");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        await using (var file = File.Create(partial))
        {
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                size += read;
            }
        }

        var digest = Digest.OfHash(hash.GetCurrentHash());
        File.Move(partial, Path.Combine(_root, "blobs", "sha256", digest.Hex), overwrite: true);
        return new Descriptor(mediaType, digest, size);
    }

    /// <summary>Stores a manifest or index; with a name (or <paramref name="list"/>) it becomes an entry of the layout's index.</summary>
    public async Task<Descriptor> AddManifestAsync(string mediaType, ReadOnlyMemory<byte> content, string? name, bool list, CancellationToken cancellationToken)
    {
        var descriptor = await AddBlobAsync(mediaType, content, cancellationToken);
        if (name is not null || list)
        {
            _manifests.Add(name is null ? descriptor : descriptor with { Annotations = new Dictionary<string, string> { [OciLayout.RefName] = name } });
        }

        return descriptor;
    }

    public Task FinishAsync(CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(Path.Combine(_root, "index.json"), Encoding.UTF8.GetString(ManifestWriter.Index(_manifests)), cancellationToken);
}
