using System.Globalization;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Tokens;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary><c>/v2/{name}/blobs/uploads/</c>: monolithic, chunked, mounted. Source: OCI distribution-spec, "Push".</summary>
internal sealed class UploadEndpoints(Uploads uploads)
{
    public Task HandleAsync(Call call)
    {
        if (!ImageReference.IsRepository(call.Repository))
        {
            return Reply.ErrorAsync(call.Http, StatusCodes.Status400BadRequest, "NAME_INVALID", $"'{call.Repository}' is not a repository name");
        }

        if (call.Path.Reference is null)
        {
            return call.Method == "POST" ? StartAsync(call) : call.NotAllowedAsync();
        }

        if (uploads.Find(call.Replica, call.Repository, call.Path.Reference) is not { } upload || !upload.IsState(call.Http.Query("_state")))
        {
            return Reply.ErrorAsync(call.Http, StatusCodes.Status404NotFound, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }

        return call.Method switch
        {
            "PATCH" => PatchAsync(call, upload),
            "PUT" => PutAsync(call, upload),
            "GET" => ProgressAsync(call, upload, StatusCodes.Status204NoContent),
            "DELETE" => CancelAsync(call, upload),
            _ => call.NotAllowedAsync(),
        };
    }

    private static bool TryStart(HttpRequest request, out long? start)
    {
        start = null;
        var text = request.Headers.ContentRange.ToString();
        if (text.Length == 0)
        {
            return true;
        }

        // The distribution spec writes "<start>-<end>" without a unit; some clients send "bytes <start>-<end>/<size>".
        var range = text.StartsWith("bytes ", StringComparison.Ordinal) ? text["bytes ".Length..].Split('/')[0] : text;
        if (range.Split('-') is not [var first, var last]
            || !long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            || (request.ContentLength is { } length && length != to - from + 1))
        {
            return false;
        }

        start = from;
        return true;
    }

    private static Task ProgressAsync(Call call, Upload upload, int status)
    {
        Describe(call, upload);
        return Reply.EmptyAsync(call.Http, status);
    }

    private static void Describe(Call call, Upload upload)
    {
        call.Http.Response.Headers.Location = upload.Location;
        call.Http.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
        call.Http.Response.Headers["Docker-Upload-UUID"] = upload.Id;
    }

    private static Task OutOfOrderAsync(Call call, Upload upload)
    {
        Describe(call, upload);
        return Reply.ErrorAsync(call.Http, StatusCodes.Status416RangeNotSatisfiable, "BLOB_UPLOAD_INVALID", $"the chunk must start at byte {upload.Length}");
    }

    private async Task StartAsync(Call call)
    {
        if (call.Read(repository => repository is { Exists: true, Attributes.WriteEnabled: false }))
        {
            await call.LockedAsync();
            return;
        }

        if (Digest.TryParse(call.Http.Query("mount"), out var mount) && call.Http.Query("from") is { } from && TryMount(call, mount, from))
        {
            await CreatedAsync(call, mount);
            return;
        }

        var upload = uploads.Start(call.Replica, call.Repository);
        if (call.Http.Query("digest") is not null)
        {
            await PutAsync(call, upload);
            return;
        }

        await ProgressAsync(call, upload, StatusCodes.Status202Accepted);
    }

    private static bool TryMount(Call call, Digest digest, string from)
    {
        var source = AccessScope.Repository(from, "pull");
        if (call.Registry.Kind == Hosting.RegistryKind.Acr && !call.Grant.Allows(source))
        {
            return false;
        }

        if (call.Replica.Faults.HasLost(digest) || call.Store.Read(call.Replica, content => content.Find(from)?.Blob(digest)) is not { } size)
        {
            return false;
        }

        call.Store.LinkBlob(call.Replica, call.Repository, digest, size);
        return true;
    }

    private static async Task PatchAsync(Call call, Upload upload)
    {
        if (!TryStart(call.Http.Request, out var start) || !await upload.AppendAsync(call.Http.Request.Body, start, call.Aborted))
        {
            await OutOfOrderAsync(call, upload);
            return;
        }

        await ProgressAsync(call, upload, StatusCodes.Status202Accepted);
    }

    private async Task PutAsync(Call call, Upload upload)
    {
        if (!Digest.TryParse(call.Http.Query("digest"), out var digest))
        {
            await call.BadDigestAsync(call.Http.Query("digest"));
            return;
        }

        if (!TryStart(call.Http.Request, out var start) || !await upload.AppendAsync(call.Http.Request.Body, start, call.Aborted))
        {
            await OutOfOrderAsync(call, upload);
            return;
        }

        var matches = await upload.CommitAsync(digest, call.Aborted);
        if (matches)
        {
            call.Replica.Faults.FindBlob(digest);
            call.Store.LinkBlob(call.Replica, call.Repository, digest, upload.Length);
        }

        await uploads.EndAsync(upload);
        await (matches ? CreatedAsync(call, digest) : call.BadDigestAsync(digest.ToString()));
    }

    private static Task CreatedAsync(Call call, Digest digest)
    {
        call.Http.Response.Headers.Location = $"/v2/{call.Repository}/blobs/{digest}";
        call.Http.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        return Reply.EmptyAsync(call.Http, StatusCodes.Status201Created);
    }

    private async Task CancelAsync(Call call, Upload upload)
    {
        await uploads.EndAsync(upload);
        await Reply.EmptyAsync(call.Http, StatusCodes.Status204NoContent);
    }
}
