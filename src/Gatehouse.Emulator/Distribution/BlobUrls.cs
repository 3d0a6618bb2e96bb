using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary>Signed, expiring URLs of blobs on the data endpoint. Source: ACR dedicated data endpoints.</summary>
internal sealed class BlobUrls(byte[] key, TimeProvider clock, TimeSpan life, Func<int> port)
{
    /// <remarks>
    /// The host is <c>localhost</c> where login servers are <c>127.0.0.1</c>: another host, as in Azure, so that clients drop their Authorization.
    /// </remarks>
    public string Sign(EmulatedRegistry registry, EmulatedReplica replica, Digest digest)
    {
        var path = $"/{registry.Name}/{replica.Region}/{digest}";
        var expires = (clock.GetUtcNow() + life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"http://localhost:{port()}{path}?se={expires}&sig={Signature(path, expires)}";
    }

    /// <summary>Serves a signed URL, as storage does: without any other authentication.</summary>
    public async Task HandleAsync(HttpContext http, IReadOnlyList<EmulatedRegistry> registries)
    {
        var path = http.Request.Path.Value ?? string.Empty;
        if (path.Split('/') is not ["", var name, var region, var text]
            || !Digest.TryParse(text, out var digest)
            || registries.FirstOrDefault(registry => registry.Name == name) is not { } registry
            || registry.Replicas.FirstOrDefault(replica => replica.Region == region) is not { } replica)
        {
            await Reply.EmptyAsync(http, StatusCodes.Status404NotFound);
            return;
        }

        if (replica.Faults.Down || !replica.IsProvisioned)
        {
            http.Abort();
            return;
        }

        registry.Requests.Add("data", http.Request.Method, RequestKind.BlobData);
        if (http.Request.Headers.Authorization.Count > 0)
        {
            await ErrorAsync(http, StatusCodes.Status400BadRequest, "InvalidAuthenticationInfo", "A signed URL and an Authorization header were given; only one is allowed.");
            return;
        }

        if (!IsValid(http, path))
        {
            await ErrorAsync(http, StatusCodes.Status403Forbidden, "AuthenticationFailed", "The signature is wrong or has expired.");
            return;
        }

        if (registry.Store.Blobs.SizeOf(digest) is not { } size || replica.Faults.HasLost(digest))
        {
            await ErrorAsync(http, StatusCodes.Status404NotFound, "BlobNotFound", "The specified blob does not exist.");
            return;
        }

        using var broken = replica.Faults.Breaks.Register(http.Abort);
        await ByteRange.SendAsync(http, registry.Store.Blobs.PathOf(digest), size);
    }

    private static Task ErrorAsync(HttpContext http, int status, string code, string message) =>
        Reply.BytesAsync(http, status, Encoding.UTF8.GetBytes($"""<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"""), "application/xml");

    private bool IsValid(HttpContext http, string path) =>
        http.Query("se") is { } expires
        && http.Query("sig") is { } signature
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Signature(path, expires)), Encoding.ASCII.GetBytes(signature))
        && long.TryParse(expires, CultureInfo.InvariantCulture, out var until)
        && until > clock.GetUtcNow().ToUnixTimeSeconds();

    private string Signature(string path, string expires) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{path}\n{expires}")));
}
