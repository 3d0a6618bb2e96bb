using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Storage;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary><c>/v2/{name}/manifests/{reference}</c>. Source: OCI distribution-spec.</summary>
internal sealed class ManifestEndpoints(IEntropy entropy)
{
    public Task HandleAsync(Call call) => call.Method switch
    {
        "GET" or "HEAD" => GetAsync(call),
        "PUT" => PutAsync(call),
        "DELETE" => DeleteAsync(call),
        _ => call.NotAllowedAsync(),
    };

    private static async Task GetAsync(Call call)
    {
        var (found, readable) = call.Read(repository => Find(repository, call));
        if (found is null)
        {
            await call.NoManifestAsync();
            return;
        }

        if (!readable)
        {
            await call.LockedAsync();
            return;
        }

        var info = found.Info;
        if (!Accepts(call.Http.Request, info.MediaType))
        {
            if (info.MediaType != MediaTypes.DockerList || DefaultChild(call, info) is not { } child)
            {
                if (info.MediaType != MediaTypes.DockerManifest)
                {
                    await call.NoManifestAsync($"{(info.MediaType == MediaTypes.OciIndex ? "OCI index" : "OCI manifest")} found, but accept header does not support it");
                    return;
                }
            }
            else
            {
                // As distribution does: a client that cannot read lists gets linux/amd64.
                found = child;
            }
        }

        var digest = found.Digest.ToString();
        call.Http.Response.Headers["Docker-Content-Digest"] = digest;
        call.Http.Response.Headers.ETag = $"\"{digest}\"";
        if (call.Http.Request.Headers.IfNoneMatch == $"\"{digest}\"")
        {
            call.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (call.Method == "HEAD")
        {
            call.Http.Response.ContentType = found.Info.MediaType;
            call.Http.Response.ContentLength = found.Info.Size;
            return;
        }

        var content = await call.Store.Blobs.ReadAsync(found.Digest, ManifestReader.MaxSize, call.Aborted);
        await Reply.BytesAsync(call.Http, StatusCodes.Status200OK, content, found.Info.MediaType);
    }

    private static (ManifestEntry? Manifest, bool Readable) Find(RepositoryContent? repository, Call call)
    {
        if (call.TryDigest(out var digest))
        {
            var byDigest = repository?.Manifest(digest);
            return (byDigest, byDigest is { Attributes: { ReadEnabled: true, IsQuarantined: false } } && repository!.Attributes.ReadEnabled);
        }

        var tag = repository?.Tag(call.Path.Reference!);
        var manifest = tag is null || repository!.Manifest(tag.Digest) is { Attributes.IsQuarantined: true } ? null : repository.Manifest(tag.Digest);
        return (manifest, manifest?.Attributes.ReadEnabled == true && tag!.Attributes.ReadEnabled && repository!.Attributes.ReadEnabled);
    }

    /// <summary>A client that names no types takes what there is.</summary>
    private static bool Accepts(HttpRequest request, string mediaType)
    {
        var accept = request.Headers.Accept;
        return accept.Count == 0 || accept
            .SelectMany(line => (line ?? string.Empty).Split(','))
            .Select(range => range.Split(';')[0].Trim())
            .Any(range => range == mediaType || range is "*/*" or "application/*");
    }

    private static ManifestEntry? DefaultChild(Call call, ManifestInfo list)
    {
        var child = list.Children.FirstOrDefault(child => child is { Os: "linux", Architecture: "amd64" });
        return child is null ? null : call.Read(repository => repository?.Manifest(child.Digest));
    }

    private static async Task DeleteAsync(Call call)
    {
        if (!call.TryDigest(out var digest))
        {
            // ACR deletes by digest only; a tag is removed through /acr/v1.
            await call.NotAllowedAsync();
            return;
        }

        switch (call.Store.DeleteManifest(call.Replica, call.Repository, digest, call.Origin))
        {
            case WriteOutcome.NotFound:
                await call.NoManifestAsync();
                break;
            case WriteOutcome.Locked:
                await call.LockedAsync();
                break;
            default:
                await Reply.EmptyAsync(call.Http, StatusCodes.Status202Accepted);
                break;
        }
    }

    private async Task PutAsync(Call call)
    {
        var isDigest = call.TryDigest(out var digest);
        if (!ImageReference.IsRepository(call.Repository))
        {
            await Reply.ErrorAsync(call.Http, StatusCodes.Status400BadRequest, "NAME_INVALID", $"'{call.Repository}' is not a repository name");
            return;
        }

        if (!isDigest && !ImageReference.IsTag(call.Path.Reference))
        {
            await (call.Path.Reference!.Contains(':', StringComparison.Ordinal)
                ? call.BadDigestAsync(call.Path.Reference)
                : Reply.ErrorAsync(call.Http, StatusCodes.Status400BadRequest, "TAG_INVALID", $"'{call.Path.Reference}' is not a tag"));
            return;
        }

        if (await BodyReader.ReadAsync(call.Http, ManifestReader.MaxSize, call.Aborted) is not { } content)
        {
            await Reply.ErrorAsync(call.Http, StatusCodes.Status413PayloadTooLarge, "MANIFEST_INVALID", $"the manifest exceeds {ManifestReader.MaxSize} bytes");
            return;
        }

        if (isDigest && !digest.Matches(content))
        {
            await call.BadDigestAsync(call.Path.Reference);
            return;
        }

        digest = isDigest ? digest : Digest.OfBytes(content);
        var mediaType = (call.Http.Request.ContentType ?? string.Empty).Split(';')[0].Trim();
        if (!(await new ManifestReader(call.Store.Blobs).ReadAsync(content, mediaType, call.Aborted)).TryGet(out var info, out var invalid))
        {
            await Reply.ErrorAsync(call.Http, StatusCodes.Status400BadRequest, invalid.Code, invalid.Message);
            return;
        }

        call.Store.Blobs.Write(digest, content, entropy.Next());
        await AnswerAsync(call, digest, info, call.Store.PutManifest(call.Replica, call.Repository, digest, info, isDigest ? null : call.Path.Reference, call.Origin));
    }

    private static Task AnswerAsync(Call call, Digest digest, ManifestInfo info, WriteOutcome outcome)
    {
        switch (outcome)
        {
            case WriteOutcome.Locked:
                return call.LockedAsync();
            case WriteOutcome.Missing missing:
                return Reply.ErrorAsync(call.Http, StatusCodes.Status400BadRequest, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", writer =>
                {
                    writer.WriteStartArray();
                    foreach (var absent in missing.Digests)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("Digest", absent.ToString());
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
        }

        call.Http.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        call.Http.Response.Headers.Location = $"/v2/{call.Repository}/manifests/{digest}";
        if (info.Subject is { } subject)
        {
            call.Http.Response.Headers["OCI-Subject"] = subject.ToString();
        }

        return Reply.EmptyAsync(call.Http, StatusCodes.Status201Created);
    }
}
