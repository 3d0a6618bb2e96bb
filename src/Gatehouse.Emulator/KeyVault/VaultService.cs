using System.Buffers.Text;
using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Storage;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.KeyVault;

/// <summary>The data plane of a Key Vault, for keys. Source: Key Vault REST API 7.4.</summary>
internal sealed class VaultService(EmulatedVault vault, EntraTokens tokens, IEntropy entropy, string tenantId)
{
    private const int MaxBody = 64 * 1024;
    private const int DigestLength = 32;

    private sealed record Refusal(int Status, string Code, string Message, string? Inner = null);

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers["x-ms-request-id"] = entropy.Next();
        if (Authenticate(http) is { } stranger)
        {
            await RefuseAsync(http, stranger);
            return;
        }

        if (VaultPath.Parse(http.Request.Method, http.Request.Path.Value ?? "/") is not { } path)
        {
            await RefuseAsync(http, new Refusal(405, "MethodNotAllowed", $"There is no {http.Request.Method} {http.Request.Path} here."));
            return;
        }

        await (Refuse(http, path) is { } refusal ? RefuseAsync(http, refusal) : AnswerAsync(http, path));
    }

    private static Task RefuseAsync(HttpContext http, Refusal refusal) =>
        Reply.JsonAsync(http, refusal.Status, writer => VaultJson.Error(writer, refusal.Code, refusal.Message, refusal.Inner));

    private Refusal? Authenticate(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var challenge = $"Bearer authorization=\"https://login.microsoftonline.com/{tenantId}\", resource=\"{EntraTokens.VaultAudience}\"";
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.WWWAuthenticate = challenge;
            return new Refusal(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }

        if (tokens.Read(header["Bearer ".Length..].Trim(), EntraTokens.VaultAudience) is not { } claims || tokens.IsEnded(claims))
        {
            http.Response.Headers.WWWAuthenticate = challenge + ", error=\"invalid_token\"";
            return new Refusal(401, "Unauthorized", $"AKV10022: Invalid audience. Expected {EntraTokens.VaultAudience}; or the token has expired or is not ours.");
        }

        return null;
    }

    private Refusal? Refuse(HttpContext http, VaultPath path)
    {
        if (vault.Faults.ThrottleLeft is { } left)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(left.TotalSeconds).ToString("0");
            return new Refusal(429, "Throttled", "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached");
        }

        if (http.Query("api-version") is not { Length: > 0 })
        {
            return new Refusal(400, "BadParameter", "api-version must be specified");
        }

        var action = path.Call == VaultCall.Sign ? "sign/action" : "read";
        if (vault.Faults.Denied || (vault.Faults.SignDenied && path.Call == VaultCall.Sign))
        {
            return new Refusal(
                403,
                "Forbidden",
                $"Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nAction: 'Microsoft.KeyVault/vaults/keys/{action}'\r\nResource: '/keys/{path.Name}'\r\nVault: emulated",
                "ForbiddenByRbac");
        }

        if (vault.Find(path.Name, path.Version) is not { } version)
        {
            return new Refusal(404, "KeyNotFound", $"A key with (name/id) {path.Name}{(path.Version is null ? string.Empty : "/" + path.Version)} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command.");
        }

        return path.Call == VaultCall.Sign && !version.Enabled ? new Refusal(403, "Forbidden", "Operation sign is not allowed on a disabled key.", "KeyDisabled") : null;
    }

    private Task AnswerAsync(HttpContext http, VaultPath path)
    {
        var version = vault.Find(path.Name, path.Version)!;
        string Kid(VaultKeyVersion one) => $"https://{http.Request.Host}/keys/{path.Name}/{one.Version}";
        return path.Call switch
        {
            VaultCall.Sign => SignAsync(http, version, Kid(version)),
            VaultCall.Versions => Reply.JsonAsync(http, 200, writer => VaultJson.Versions(writer, Kid, vault.Versions(path.Name)!)),
            _ => Reply.JsonAsync(http, 200, writer => VaultJson.Key(writer, Kid(version), version)),
        };
    }

    private static async Task SignAsync(HttpContext http, VaultKeyVersion version, string kid)
    {
        var body = await BodyReader.ReadAsync(http, MaxBody, http.RequestAborted);
        if (body is null || Parse(body) is not { } order)
        {
            await RefuseAsync(http, new Refusal(400, "BadParameter", "The body must be {\"alg\":\"ES256\",\"value\":\"base64url\"}."));
            return;
        }

        if (order.Algorithm != "ES256")
        {
            await RefuseAsync(http, new Refusal(400, "BadParameter", $"Key and signing algorithm are incompatible. Key {kid} is of type 'EC', and algorithm '{order.Algorithm}' cannot be used with it."));
            return;
        }

        if (order.Value.Length != DigestLength)
        {
            await RefuseAsync(http, new Refusal(400, "BadParameter", $"Invalid length of 'value': {order.Value.Length} bytes. ES256 requires {DigestLength} bytes, encoded with base64url."));
            return;
        }

        var signature = version.Sign(order.Value);
        await Reply.JsonAsync(http, 200, writer => VaultJson.Signature(writer, kid, signature));
    }

    private static (string Algorithm, byte[] Value)? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return (document.RootElement.GetProperty("alg").GetString() ?? string.Empty, Base64Url.DecodeFromChars(document.RootElement.GetProperty("value").GetString()));
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
