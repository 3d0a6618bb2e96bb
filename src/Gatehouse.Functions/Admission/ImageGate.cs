using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Records;

namespace Gatehouse.Functions.Admission;

/// <summary>Whether a cluster may run an image: by digest, and only when a release holds it.</summary>
internal sealed class ImageGate(IReleasedImages images, TimeProvider clock, ILogger<ImageGate> log)
{
    /// <summary>The API server gives a webhook 10 seconds by default; this is for all images of one review.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <summary>Null when every image may run; else the reasons, for the person who deploys.</summary>
    public async Task<string?> RefuseAsync(IReadOnlyList<string> references, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Budget, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var reasons = new List<string>();
        foreach (var reference in references.Distinct())
        {
            if (await RefuseAsync(reference, linked.Token, cancellationToken) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }

    private async Task<string?> RefuseAsync(string reference, CancellationToken limited, CancellationToken caller)
    {
        if (!ImageReference.Parse(reference).TryGet(out var image, out _))
        {
            return $"'{reference}' is not an image reference";
        }

        if (image.Digest is not { } digest)
        {
            return $"'{reference}' names a tag, which can move; name a released digest";
        }

        try
        {
            return (await images.FindAsync(digest, limited)).Count > 0 || await images.IsKnownAsync(image.Repository, digest, limited)
                ? null
                : $"'{reference}' was never released";
        }
        catch (Exception exception) when (exception is RecordStoreException or InvalidDataException or IOException or HttpRequestException or TimeoutException or InvalidOperationException
            || (exception is OperationCanceledException && !caller.IsCancellationRequested))
        {
            log.ReleaseUnknown(reference, exception);
            return $"'{reference}' is unknown: the records could not be read";
        }
    }
}
