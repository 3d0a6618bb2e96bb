using Gatehouse.Core.Images;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Estate;

/// <summary>An image the estate is meant to hold.</summary>
/// <param name="Manifests">Digests of the platform manifests and referrers released with it.</param>
public sealed record ReleasedImage(
    string Repository,
    Digest Digest,
    IReadOnlyList<string> Tags,
    IReadOnlyList<Digest> Manifests,
    ImageReference Source,
    Scope Scope,
    string Intake,
    DateTimeOffset ReleasedAt)
{
    /// <summary>The signed attestation, one of <see cref="Manifests"/>; null where a release had none.</summary>
    public Digest? Attestation { get; init; }
}

/// <summary>What was released, by repository and by digest.</summary>
public interface IReleasedImages
{
    /// <summary>Records a release; the same again changes nothing. A tag moves to the newest release that carries it.</summary>
    Task AddAsync(ReleasedImage image, CancellationToken cancellationToken);

    Task<IReadOnlyList<ReleasedImage>> FindAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>Whether a manifest (index, platform manifest or referrer) belongs to a release in that repository.</summary>
    Task<bool> IsKnownAsync(string repository, Digest manifest, CancellationToken cancellationToken);

    IAsyncEnumerable<string> ListRepositoriesAsync(CancellationToken cancellationToken);

    IAsyncEnumerable<ReleasedImage> ListAsync(string repository, CancellationToken cancellationToken);
}
