using Gatehouse.Core.Images;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Tokens;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Requests;

/// <summary>One request to a registry, at the replica that answers it.</summary>
/// <param name="Host">Host and port the client asked.</param>
/// <param name="Grant">What the caller may do.</param>
internal sealed record Call(HttpContext Http, EmulatedRegistry Registry, EmulatedReplica Replica, RegistryPath Path, string Id, string Host, Grant Grant)
{
    public string Method => Http.Request.Method;

    public RegistryStore Store => Registry.Store;

    public CancellationToken Aborted => Http.RequestAborted;

    public string Repository => Path.Repository;

    public RequestOrigin Origin => new(Id, Host, Method, Http.Request.Headers.UserAgent.ToString());

    public bool TryDigest(out Digest digest) => Digest.TryParse(Path.Reference, out digest);

    /// <summary>Reads this repository at this replica, under the lock; <paramref name="read"/> gets null when it is unknown.</summary>
    public T Read<T>(Func<RepositoryContent?, T> read) => Store.Read(Replica, content => read(content.Find(Repository)));
}

internal static class Refusals
{
    public static Task NotAllowedAsync(this Call call) =>
        Reply.ErrorAsync(call.Http, StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", "The operation is unsupported.");

    /// <summary>A lock attribute forbids it. Source: ACR image locking.</summary>
    public static Task LockedAsync(this Call call) =>
        Reply.ErrorAsync(call.Http, StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", "The operation is disallowed on this registry, repository or image.");

    public static Task NoManifestAsync(this Call call, string? why = null) => Reply.ErrorAsync(
        call.Http,
        StatusCodes.Status404NotFound,
        "MANIFEST_UNKNOWN",
        why ?? $"manifest tagged by \"{call.Path.Reference}\" is not found",
        writer => Detail(writer, ("Name", call.Repository), ("Revision", call.Path.Reference ?? string.Empty)));

    public static Task NoRepositoryAsync(this Call call) => Reply.ErrorAsync(
        call.Http,
        StatusCodes.Status404NotFound,
        "NAME_UNKNOWN",
        "repository name not known to registry",
        writer => Detail(writer, ("name", call.Repository)));

    public static Task NoTagAsync(this Call call) =>
        Reply.ErrorAsync(call.Http, StatusCodes.Status404NotFound, "TAG_UNKNOWN", "the specified tag does not exist", writer => Detail(writer, ("Tag", call.Path.Reference ?? string.Empty)));

    public static Task NoBlobAsync(this Call call) =>
        Reply.ErrorAsync(call.Http, StatusCodes.Status404NotFound, "BLOB_UNKNOWN", "blob unknown to registry", writer => Detail(writer, ("Digest", call.Path.Reference ?? string.Empty)));

    public static Task BadDigestAsync(this Call call, string? digest) =>
        Reply.ErrorAsync(call.Http, StatusCodes.Status400BadRequest, "DIGEST_INVALID", $"'{digest}' is not the digest of the content, or no digest at all; use sha256:<64 lower-case hex> or sha512:<128 lower-case hex>");

    private static void Detail(System.Text.Json.Utf8JsonWriter writer, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }
}
