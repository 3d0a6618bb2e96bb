using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Telemetry;

namespace Gatehouse.Registry.Client;

/// <summary>Source: OCI distribution-spec 1.1, "Listing Referrers" and "Referrers Tag Schema".</summary>
internal sealed partial class RegistryClient
{
    /// <summary>How long a host without the API is believed to stay without it.</summary>
    private static readonly TimeSpan NoApiFor = TimeSpan.FromHours(1);

    private long _noReferrersApiUntil;

    public async Task<RegistryResult<ReferrerList>> ListReferrersAsync(string repository, Digest subject, CancellationToken cancellationToken)
    {
        if (ObjectionTo(repository) is { } objection)
        {
            return objection;
        }

        if (_clock.GetUtcNow().UtcTicks >= Interlocked.Read(ref _noReferrersApiUntil))
        {
            var call = new RegistryCall(HttpMethod.Get, Path(repository, "referrers/" + subject), PullScope(repository)) { Accept = [MediaTypes.OciIndex], Compressible = true };
            var listed = await PagesAsync(call, root => DescriptorJson.List(root, "manifests"), item => item.Digest.ToString(), cancellationToken);
            if (listed.TryGet(out var referrers, out var failure))
            {
                return new ReferrerList(referrers, FromApi: true);
            }

            if (failure.Status is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed))
            {
                return failure;
            }

            NoteMissingApi(failure);
        }

        return await ReadSubjectTagAsync(repository, subject, cancellationToken);
    }

    /// <summary>A 404 about the repository or manifest says nothing of the API, so it is not remembered.</summary>
    private void NoteMissingApi(RegistryFailure failure)
    {
        if (failure.Codes is null || !failure.Codes.Any(code => code is "NAME_UNKNOWN" or "MANIFEST_UNKNOWN" or "NAME_INVALID"))
        {
            Log.ReferrersByTag(_log, Host);
            Interlocked.Exchange(ref _noReferrersApiUntil, (_clock.GetUtcNow() + NoApiFor).UtcTicks);
        }
    }

    internal static string SubjectTag(Digest subject) => $"{subject.Algorithm}-{subject.Hex[..64]}";

    private async Task<RegistryResult<ReferrerList>> ReadSubjectTagAsync(string repository, Digest subject, CancellationToken cancellationToken)
    {
        var read = await GetManifestAsync(repository, SubjectTag(subject), cancellationToken);
        if (!read.TryGet(out var content, out var failure))
        {
            return failure.Kind == RegistryFailureKind.NotFound ? new ReferrerList([], FromApi: false) : failure;
        }

        // A tag of that name that is no index is somebody's image, and lists nothing.
        return MediaTypes.IsIndex(content.MediaType) && ManifestDocument.Parse(content.MediaType, content.Content).TryGet(out var index, out _)
            ? new ReferrerList(index.Manifests, FromApi: false)
            : new ReferrerList([], FromApi: false);
    }

    /// <summary>A registry that did not acknowledge the subject leaves listing the referrer to the client. Null when there is nothing to do, or it is done.</summary>
    private async Task<RegistryFailure?> ListBySubjectTagAsync(string repository, Digest digest, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!ManifestDocument.Parse(mediaType, content).TryGet(out var document, out _) || document.Subject is not { } subject)
        {
            return null;
        }

        var current = await ReadSubjectTagAsync(repository, subject.Digest, cancellationToken);
        if (!current.TryGet(out var list, out var failure))
        {
            return failure;
        }

        if (list.Referrers.Any(referrer => referrer.Digest == digest))
        {
            return null;
        }

        var entry = new Descriptor(mediaType, digest, content.Length)
        {
            ArtifactType = document.ArtifactType ?? document.Config?.MediaType,
            Annotations = document.Annotations,
        };
        var put = await PutManifestAsync(repository, SubjectTag(subject.Digest), MediaTypes.OciIndex, ManifestWriter.Index([.. list.Referrers, entry]), cancellationToken);
        return put.TryGet(out _, out failure) ? null : failure;
    }
}
