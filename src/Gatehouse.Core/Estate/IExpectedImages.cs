using Gatehouse.Core.Images;

namespace Gatehouse.Core.Estate;

/// <summary>What live intakes are about to bring in; pushes by our own imports arrive before the release is recorded.</summary>
public interface IExpectedImages
{
    /// <summary>Whether the manifest (index, platform manifest or referrer) belongs to an intake on its way into that estate repository.</summary>
    Task<bool> IsExpectedAsync(string repository, Digest digest, CancellationToken cancellationToken);
}
