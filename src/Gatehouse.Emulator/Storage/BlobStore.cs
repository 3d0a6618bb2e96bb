using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Storage;

/// <summary>
/// Content-addressed files of one registry. A file gets its digest as its name only by a rename, after its bytes have been hashed,
/// so a killed process never leaves a blob under a digest it does not hash to.
/// </summary>
internal sealed class BlobStore
{
    private readonly string _blobs;
    private readonly string _uploads;

    public BlobStore(string root)
    {
        _blobs = Path.Combine(root, "blobs");
        _uploads = Path.Combine(root, "uploads");
        if (Directory.Exists(_uploads))
        {
            // An upload's running hash is only in memory, so none outlives its process.
            Directory.Delete(_uploads, recursive: true);
        }

        Directory.CreateDirectory(_uploads);
        Directory.CreateDirectory(_blobs);
    }

    public string PathOf(Digest digest) => Path.Combine(_blobs, digest.Algorithm, digest.Hex[..2], digest.Hex);

    /// <summary>Bytes, or null when the blob is not here.</summary>
    public long? SizeOf(Digest digest)
    {
        var file = new FileInfo(PathOf(digest));
        return file.Exists ? file.Length : null;
    }

    public BlobWriter CreateWriter(string id) => new(this, Path.Combine(_uploads, id));

    public void Write(Digest digest, ReadOnlySpan<byte> content, string id)
    {
        var temporary = Path.Combine(_uploads, id);
        File.WriteAllBytes(temporary, content);
        Adopt(temporary, digest);
    }

    /// <param name="limit">Bytes; a longer blob is an error.</param>
    public async Task<byte[]> ReadAsync(Digest digest, long limit, CancellationToken cancellationToken)
    {
        if (SizeOf(digest) is not { } size || size > limit)
        {
            throw new IOException($"Blob {digest} is missing or exceeds {limit} bytes.");
        }

        return await File.ReadAllBytesAsync(PathOf(digest), cancellationToken);
    }

    public void Adopt(string temporary, Digest digest)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(temporary, path, overwrite: true);
    }
}
