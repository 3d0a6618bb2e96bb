using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Blobs;

/// <summary>One response that carries a blob or the rest of it.</summary>
/// <param name="Total">Size of the whole blob; null when unknown.</param>
/// <param name="Skip">Bytes at the start that were read before.</param>
internal sealed record BlobPart(HttpResponseMessage Response, Stream Stream, long? Total, long Skip) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Response.Dispose();
    }
}

internal interface IBlobSource
{
    Digest Digest { get; }

    long MaxBytes { get; }

    int MaxResumes { get; }

    TimeProvider Clock { get; }

    TimeSpan IdleTimeout { get; }

    /// <param name="resume">1 for the first.</param>
    Task<RegistryResult<BlobPart>> ResumeAsync(long offset, int resume, string reason, CancellationToken cancellationToken);
}
