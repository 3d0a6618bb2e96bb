using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Resolving;

/// <summary>What a registry failure means for an image.</summary>
internal static class Outcomes
{
    /// <param name="ofPart">The image was found, and a part of it is what failed.</param>
    public static Resolution Of(RegistryFailure failure, bool ofPart = false) => failure.Kind switch
    {
        RegistryFailureKind.NotFound when ofPart => new Resolution.Unacceptable("incomplete-image", $"A part of the image is missing: {failure}"),
        RegistryFailureKind.NotFound => new Resolution.NotFound(failure.ToString()),
        RegistryFailureKind.Untrustworthy => new Resolution.Unacceptable("untrustworthy-upstream", failure.ToString()),
        RegistryFailureKind.Denied or RegistryFailureKind.Throttled or RegistryFailureKind.Unavailable or RegistryFailureKind.Refused =>
            new Resolution.Unavailable(failure.ToString(), failure.RetryAfter),
        _ => throw new InvalidOperationException($"Failure kind {failure.Kind} has no meaning here."),
    };
}
