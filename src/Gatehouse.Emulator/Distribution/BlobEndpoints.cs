using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary><c>/v2/{name}/blobs/{digest}</c>. Source: OCI distribution-spec; ACR redirects GETs, not HEADs.</summary>
internal sealed class BlobEndpoints(BlobUrls urls, bool redirect)
{
    public async Task HandleAsync(Call call)
    {
        if (!call.TryDigest(out var digest))
        {
            await call.BadDigestAsync(call.Path.Reference);
            return;
        }

        if (call.Method == "DELETE")
        {
            await (call.Store.UnlinkBlob(call.Replica, call.Repository, digest) switch
            {
                WriteOutcome.NotFound => call.NoBlobAsync(),
                WriteOutcome.Locked => call.LockedAsync(),
                _ => Reply.EmptyAsync(call.Http, StatusCodes.Status202Accepted),
            });
            return;
        }

        if (call.Method is not ("GET" or "HEAD"))
        {
            await call.NotAllowedAsync();
            return;
        }

        var (size, readable) = call.Read(repository => (repository?.Blob(digest), repository?.Attributes.ReadEnabled ?? true));
        if (size is null || call.Replica.Faults.HasLost(digest))
        {
            await call.NoBlobAsync();
            return;
        }

        if (!readable)
        {
            await call.LockedAsync();
            return;
        }

        call.Http.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (call.Method == "GET" && redirect && call.Registry.Kind == RegistryKind.Acr)
        {
            call.Http.Response.Headers.Location = urls.Sign(call.Registry, call.Replica, digest);
            await Reply.EmptyAsync(call.Http, StatusCodes.Status307TemporaryRedirect);
            return;
        }

        call.Http.Response.Headers.ETag = $"\"{digest}\"";
        await ByteRange.SendAsync(call.Http, call.Store.Blobs.PathOf(digest), size.Value);
    }
}
