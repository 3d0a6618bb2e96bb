using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Storage;
using Gatehouse.Emulator.Tokens;

namespace Gatehouse.Emulator.Identity;

/// <summary>Issues and reads what stands for Entra tokens here.</summary>
internal sealed class EntraTokens(Jwt jwt, TimeProvider clock, IEntropy entropy, string tenantId)
{
    public const string RegistryAudience = "https://containerregistry.azure.net";
    public const string ArmAudience = "https://management.azure.com";
    public const string EventGridAudience = "https://eventgrid.azure.net";
    public const string VaultAudience = "https://vault.azure.net";

    /// <summary>The identity a request without <c>client_id</c> gets.</summary>
    public const string SystemAssigned = "00000000-0000-0000-0000-0000000000bb";

    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>Which tokens ended together; not kept over a restart.</summary>
    private int _generation;

    public (string Token, DateTimeOffset ExpiresOn) Issue(string resource, string clientId)
    {
        var now = clock.GetUtcNow();
        var token = jwt.Sign(claims =>
        {
            claims.WriteString("aud", resource.TrimEnd('/'));
            claims.WriteString("iss", $"https://sts.windows.net/{tenantId}/");
            claims.WriteNumber("iat", now.ToUnixTimeSeconds());
            claims.WriteNumber("nbf", now.ToUnixTimeSeconds());
            claims.WriteNumber("exp", (now + Life).ToUnixTimeSeconds());
            claims.WriteString("appid", clientId);
            claims.WriteString("idtyp", "app");
            claims.WriteString("oid", clientId);
            claims.WriteString("sub", clientId);
            claims.WriteString("tid", tenantId);
            claims.WriteString("uti", entropy.Next());
            claims.WriteNumber("gen", Volatile.Read(ref _generation));
            claims.WriteString("ver", "1.0");
        });
        return (token, now + Life);
    }

    /// <summary>The claims, or null when the token is not ours, is over, or is for another audience.</summary>
    public JsonElement? Read(string? token, string audience) => jwt.Read(token, audience, clock.GetUtcNow());

    /// <summary>Ends every token issued so far before its time.</summary>
    public void EndAll() => Interlocked.Increment(ref _generation);

    /// <summary>Whether the token was ended by <see cref="EndAll"/>.</summary>
    public bool IsEnded(JsonElement claims) => claims.GetProperty("gen").GetInt32() < Volatile.Read(ref _generation);
}
