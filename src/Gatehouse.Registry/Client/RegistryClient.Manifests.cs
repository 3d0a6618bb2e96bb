using System.Net;
using System.Net.Http.Headers;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Http;

namespace Gatehouse.Registry.Client;

internal sealed partial class RegistryClient
{
    private const string DigestHeader = "Docker-Content-Digest";

    public async Task<RegistryResult<ManifestHead>> HeadManifestAsync(string repository, string reference, CancellationToken cancellationToken)
    {
        if (ObjectionTo(repository, reference) is { } objection)
        {
            return objection;
        }

        var head = await _transport.SendAsync<ManifestHead?>(ManifestCall(HttpMethod.Head, repository, reference), (response, _) => Task.FromResult(ReadHead(response, reference)), cancellationToken);
        if (head.TryGet(out var found, out var failure) && found is not null)
        {
            return found;
        }

        // Old registries leave the digest out, or do not know HEAD: only the bytes can tell.
        if (failure is not null && failure.Status is not (HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented))
        {
            return failure;
        }

        var content = await GetManifestAsync(repository, reference, cancellationToken);
        return content.TryGet(out var manifest, out failure) ? new ManifestHead(manifest.Digest, manifest.MediaType, manifest.Content.Length) : failure;
    }

    public async Task<RegistryResult<ManifestContent>> GetManifestAsync(string repository, string reference, CancellationToken cancellationToken) =>
        ObjectionTo(repository, reference)
        ?? await _transport.SendAsync(ManifestCall(HttpMethod.Get, repository, reference), (response, token) => ReadManifestAsync(response, reference, token), cancellationToken);

    public async Task<RegistryResult<Digest>> PutManifestAsync(string repository, string reference, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (ObjectionTo(repository, reference) is { } objection)
        {
            return objection;
        }

        var call = new RegistryCall(HttpMethod.Put, Path(repository, "manifests/" + reference), PushScope(repository))
        {
            Content = () =>
            {
                var body = new ReadOnlyMemoryContent(content);
                body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
                return body;
            },
        };
        if (Digest.TryParse(reference, out var wanted) && !wanted.Matches(content.Span))
        {
            return Failures.Refused(call.Line, "the content does not hash to the digest it is put under");
        }

        var put = await _transport.SendAsync(call, (response, _) => Task.FromResult(ReadPut(response, call.Line, reference, content.Span)), cancellationToken);
        if (!put.TryGet(out var done, out var failure))
        {
            return failure;
        }

        return done.SubjectSeen || await ListBySubjectTagAsync(repository, done.Digest, mediaType, content, cancellationToken) is not { } unlisted ? done.Digest : unlisted;
    }

    public async Task<RegistryResult<bool>> DeleteManifestAsync(string repository, Digest digest, CancellationToken cancellationToken)
    {
        if (ObjectionTo(repository) is { } objection)
        {
            return objection;
        }

        var call = new RegistryCall(HttpMethod.Delete, Path(repository, "manifests/" + digest), $"repository:{repository}:delete");
        var deleted = await _transport.SendAsync(call, Yes, cancellationToken);
        return !deleted.TryGet(out _, out var failure) && failure.Kind == RegistryFailureKind.NotFound ? false : deleted;
    }

    private RegistryCall ManifestCall(HttpMethod method, string repository, string reference) =>
        new(method, Path(repository, "manifests/" + reference), PullScope(repository)) { Accept = MediaTypes.AcceptedManifests };

    /// <summary>Null when the answer leaves out what it should say.</summary>
    private static RegistryResult<ManifestHead?> ReadHead(HttpResponseMessage response, string reference)
    {
        var line = LineOf(response);
        var type = response.Content.Headers.ContentType?.MediaType;
        if (DigestText(response) is not { } text || type is null)
        {
            return (ManifestHead?)null;
        }

        if (!Digest.TryParse(text, out var digest))
        {
            return Failures.Untrustworthy(line, $"{DigestHeader} is not a digest");
        }

        if (Digest.TryParse(reference, out var wanted) && wanted.Algorithm == digest.Algorithm && wanted != digest)
        {
            return Failures.Untrustworthy(line, $"asked for {wanted}, answered with {digest}");
        }

        return MediaTypes.IsIndex(type) || MediaTypes.IsManifest(type)
            ? new ManifestHead(digest, type, response.Content.Headers.ContentLength)
            : Failures.Untrustworthy(line, $"'{type}' is not a manifest type that is accepted");
    }

    private async Task<RegistryResult<ManifestContent>> ReadManifestAsync(HttpResponseMessage response, string reference, CancellationToken cancellationToken)
    {
        var line = LineOf(response);
        var content = await BoundedBody.ReadAsync(response.Content, _options.MaxManifestBytes, cancellationToken);
        var digest = Digest.OfBytes(content);
        if (DigestText(response) is { } text)
        {
            if (!Digest.TryParse(text, out var claimed) || !claimed.Matches(content))
            {
                return Failures.Untrustworthy(line, $"the content hashes to {digest}, which is not what {DigestHeader} says");
            }

            digest = claimed;
        }

        if (Digest.TryParse(reference, out var wanted))
        {
            if (!wanted.Matches(content))
            {
                return Failures.Untrustworthy(line, $"the content hashes to {Digest.OfBytes(content)}, not to the digest asked for");
            }

            digest = wanted;
        }

        return ManifestDocument.Parse(response.Content.Headers.ContentType?.MediaType, content).TryGet(out var document, out var error)
            ? new ManifestContent(digest, document.MediaType, content)
            : Failures.Untrustworthy(line, error.Message);
    }

    private static RegistryResult<(Digest Digest, bool SubjectSeen)> ReadPut(HttpResponseMessage response, string line, string reference, ReadOnlySpan<byte> content)
    {
        var digest = Digest.TryParse(reference, out var wanted) ? wanted : Digest.OfBytes(content);
        if (DigestText(response) is { } text)
        {
            if (!Digest.TryParse(text, out var stored) || !stored.Matches(content))
            {
                return Failures.Untrustworthy(line, $"the registry stored '{text}', but {digest} was sent");
            }

            digest = stored;
        }

        return (digest, response.Headers.Contains("OCI-Subject"));
    }

    private static string? DigestText(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues(DigestHeader, out var values) ? values.ToString() : null;

    private static string LineOf(HttpResponseMessage response) => Failures.Line(response.RequestMessage!.Method, response.RequestMessage.RequestUri!);
}
